using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>docs/operations.md lists the instruments.</summary>
public sealed partial class DocumentedMetricsTests
{
    [Fact]
    public async Task Every_instrument_is_documented_with_its_unit_and_no_other_is()
    {
        using var meter = new Meter(ServerMetrics.MeterName);
        using var listener = new MeterListener();
        var instruments = new List<string>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == meter)
            {
                instruments.Add($"{instrument.Name} {instrument.Unit}");
            }
        };
        listener.Start();
        _ = new ServerMetrics(meter, "none");

        var document = await Repository.ReadAsync("docs/operations.md");
        var documented = Row().Matches(document).Select(static row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(documented.Order(StringComparer.Ordinal), instruments.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `(livestreams\.[a-z.]+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
