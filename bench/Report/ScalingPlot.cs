using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>
/// Plots the cost of an update against the number of subscribers: a straight line when the cost grows linearly.
/// </summary>
internal static class ScalingPlot
{
    public static string ToSvg(
        Results results,
        IReadOnlyList<ScalingScenario> scenarios,
        IEnumerable<SystemUnderTest> systems)
    {
        var plot = new LinePlot(
            "Server CPU for one update to everyone on a page", "subscribers", "CPU milliseconds per update");
        foreach (var system in systems)
        {
            var points =
                from scenario in scenarios
                let microseconds = results.Find(scenario.Title, ScalingScenario.CpuPerEvent)?.Median(system)
                where microseconds is not null
                select ((double)scenario.Subscribers, microseconds.Value * scenario.Subscribers / 1_000);
            plot.Add(system.Title, [.. points]);
        }

        return plot.ToSvg();
    }
}
