using System.Globalization;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Formats numbers for tables: about three significant digits, with thousands separators.</summary>
internal static class Number
{
    public static string Format(double value) => value.ToString(
        Math.Abs(value) switch
        {
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        },
        CultureInfo.InvariantCulture);
}
