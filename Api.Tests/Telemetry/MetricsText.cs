using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/): each sample follows the type of its metric, and no
/// metric and no sample is there twice.
/// </summary>
internal sealed partial class MetricsText
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly HashSet<string> _metrics = [];

    private MetricsText()
    {
    }

    /// <summary>Each sample's name and labels; those that name the meter are left out.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    /// <summary>
    /// The names and labels of LiveStreams' own samples, without the pauses of a busy machine, which may have had none.
    /// </summary>
    public IEnumerable<string> OfLiveStreams => _samples.Keys
        .Where(static name => name.StartsWith("livestreams_", StringComparison.Ordinal)
            && !name.StartsWith("livestreams_connections_delays", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>Reads the metrics of a server. Fails as <see cref="Parse"/> does.</summary>
    public static async Task<MetricsText> ReadAsync(ApiClient client)
    {
        using var response = await client.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads the text. Fails if a line is not as the format says.</summary>
    public static MetricsText Parse(string text)
    {
        var result = new MetricsText();
        var (metric, type) = ("", "");
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (TypeLine().Match(line) is { Success: true } declared)
            {
                (metric, type) = (declared.Groups["name"].Value, declared.Groups["type"].Value);
                Assert.True(result._metrics.Add(metric), $"{metric} is declared twice.");
            }
            else if (!HelpLine().IsMatch(line) && !CommentLine().IsMatch(line))
            {
                result.Add(line, metric, type);
            }
        }

        return result;
    }

    /// <summary>The sum of a metric's samples that have these labels, such as <c>reason="client"</c>.</summary>
    public double Sum(string metric, string labels = "") => _samples
        .Where(sample => sample.Key.StartsWith($"{metric}{{", StringComparison.Ordinal)
            && sample.Key.Contains(labels, StringComparison.Ordinal))
        .Sum(static sample => sample.Value);

    private void Add(string line, string metric, string type)
    {
        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"This is no sample: {line}");
        var name = sample.Groups["name"].Value;
        string[] suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""];
        Assert.Contains(name, suffixes.Select(suffix => metric + suffix));
        var labels = sample.Groups["label"].Captures
            .Select(static label => label.Value)
            .Where(static label => !label.StartsWith("otel_scope_", StringComparison.Ordinal));
        var value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
        var key = $"{name}{{{string.Join(',', labels)}}}";
        Assert.True(_samples.TryAdd(key, value), $"{key} is there twice.");
        Assert.True(type != "counter" || (value >= 0 && name.EndsWith("_total", StringComparison.Ordinal)), line);
    }

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^# (HELP|UNIT) [a-zA-Z_:][a-zA-Z0-9_:]* .+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# EOF$")]
    private static partial Regex CommentLine();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"""
        + """(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"),?)*\})?"""
        + """ (?<value>[-+0-9.eE]+|NaN|[+-]Inf)( [0-9]+)?$""")]
    private static partial Regex SampleLine();
}
