using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>The cost of an update over the size of its audience: a straight line when it grows linearly.</summary>
internal static class ScalingPlot
{
    public static string Of(Results results, IEnumerable<Scaling> scenarios, IEnumerable<Contender> contenders)
    {
        var plot = new Plot("Server CPU for one update to everyone on a page", "subscribers", "CPU milliseconds per update");
        foreach (var contender in contenders)
        {
            var points =
                from scenario in scenarios
                let microseconds = results.Find(scenario.Title, Scaling.CpuPerEvent)?.Median(contender)
                where microseconds is not null
                select ((double)scenario.Subscribers, microseconds.Value * scenario.Subscribers / 1_000);
            plot.Add(contender.Title, [.. points]);
        }

        return plot.ToSvg();
    }
}
