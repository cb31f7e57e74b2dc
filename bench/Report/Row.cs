using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>One figure of one scenario: what each contender had in each round.</summary>
internal sealed record Row(string Scenario, string Figure, bool IsInTable)
{
    public Dictionary<Contender, List<double>> Rounds { get; } = [];

    /// <summary>A contender's median; null when it did not take part.</summary>
    public double? Median(Contender contender) => Rounds.TryGetValue(contender, out var values) ? Number.Median(values) : null;
}
