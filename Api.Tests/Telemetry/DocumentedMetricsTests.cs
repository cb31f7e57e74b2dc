using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>docs/operations.md lists the instruments.</summary>
public sealed partial class DocumentedMetricsTests
{
    [Fact]
    public async Task Every_instrument_is_documented_with_its_unit_and_no_other_is()
    {
        var instruments = Instruments.All().Select(static instrument => $"{instrument.Name} {instrument.Unit}");

        var document = await Repository.ReadAsync("docs/operations.md");
        var documented = Row().Matches(document).Select(static row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(documented.Order(StringComparer.Ordinal), instruments.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `(livestreams\.[a-z.]+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
