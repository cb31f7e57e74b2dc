using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench;

/// <summary>The options of a run.</summary>
/// <param name="Systems">What to measure: the sizes of LiveStreams, then the peers.</param>
/// <param name="Rounds">How many rounds each scenario has.</param>
/// <param name="Duration">How long a round sends updates, in the scenarios without a fixed duration.</param>
/// <param name="Subscribers">Numbers of subscribers to measure in turn; null for each scenario's default.</param>
/// <param name="Outstanding">Numbers of outstanding updates to measure in turn.</param>
/// <param name="JsonFile">Where to write the figures of every round; null to write none.</param>
/// <param name="PlotFile">Where to write the plot of the scaling scenario; null to write none.</param>
internal sealed record Options(
    IReadOnlyList<SystemUnderTest> Systems,
    int Rounds,
    TimeSpan Duration,
    IReadOnlyList<int>? Subscribers,
    IReadOnlyList<int> Outstanding,
    string? JsonFile,
    string? PlotFile);
