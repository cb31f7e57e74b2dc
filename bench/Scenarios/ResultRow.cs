using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>One figure of one scenario, for each system and round.</summary>
internal sealed record ResultRow(string Scenario, string Figure, bool IsInTable)
{
    public Dictionary<SystemUnderTest, List<double>> Rounds { get; } = [];

    /// <summary>Returns a system's median; null when the system has no figures in this scenario.</summary>
    public double? Median(SystemUnderTest system) =>
        Rounds.TryGetValue(system, out var values) ? Statistics.Median(values) : null;
}
