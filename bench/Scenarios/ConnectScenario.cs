using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Opens many streams at once, and measures how long it takes until all have their headers.</summary>
internal sealed class ConnectScenario(int streams) : Scenario
{
    public override string Title => $"connect, {streams:N0} new streams at once";

    public override int Streams => streams;

    public override Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        using var load = new LoadLoop(server, new LoadShape(streams), cancellationToken);
        var before = server.CpuTime;
        var elapsed = load.Connect(maxPending: streams);
        return Task.FromResult<IReadOnlyList<Figure>>(
        [
            new("time to all headers, ms", elapsed.TotalMilliseconds),
            new("server CPU, µs per stream", (server.CpuTime - before).TotalMicroseconds / streams),
        ]);
    }
}
