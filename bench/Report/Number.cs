using System.Globalization;

namespace LiveStreams.Bench.Report;

/// <summary>Numbers as tables show them: about three figures, and thousands apart.</summary>
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

    /// <summary>The middle one, or the mean of the middle two.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
