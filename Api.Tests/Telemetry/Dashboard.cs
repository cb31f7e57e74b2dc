using System.Text.Json;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>The dashboard of <c>deploy/grafana</c>.</summary>
internal static partial class Dashboard
{
    /// <summary>
    /// The title and an expression of each panel, of all instances, with rates over this time. Each panel takes its
    /// data from the data source that the reader has chosen.
    /// </summary>
    public static async Task<IReadOnlyList<(string Title, string Expression)>> ReadAsync(string rateInterval)
    {
        using var dashboard = JsonDocument.Parse(await Repository.ReadAsync("deploy/grafana/livestreams.json"));
        var result = new List<(string, string)>();
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            if (panel.GetProperty("type").GetString() == "row")
            {
                continue;
            }

            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                var expression = target.GetProperty("expr").GetString()!;
                Assert.Contains("instance=~\"$instance\"", expression, StringComparison.Ordinal);
                result.Add((
                    panel.GetProperty("title").GetString()!,
                    expression
                        .Replace("$instance", ".*", StringComparison.Ordinal)
                        .Replace("$__rate_interval", rateInterval, StringComparison.Ordinal)));
            }
        }

        return result;
    }

    /// <summary>The names of metrics in an expression, or in a file of them.</summary>
    public static IEnumerable<string> MetricsIn(string text) =>
        Metric().Matches(text).Select(static metric => metric.Value).Distinct();

    [GeneratedRegex(@"\b(livestreams|dotnet|kestrel)_[a-z0-9_]+")]
    private static partial Regex Metric();
}
