namespace LiveStreams.Bench.Scenarios;

internal static class Statistics
{
    /// <summary>Returns the middle value, or the mean of the middle two.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
