using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>A crowd arrives at once: how long until the last has its headers.</summary>
internal sealed class Connect(int streams) : Scenario
{
    public override string Title => $"connect, {streams:N0} new streams at once";

    public override int Streams => streams;

    public override Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        using var load = new LoadLoop(server, new LoadShape(streams), cancellationToken);
        var before = server.Cpu;
        var elapsed = load.Connect(streams);
        return Task.FromResult<IReadOnlyList<Figure>>(
        [
            new("time to all headers, ms", elapsed.TotalMilliseconds),
            new("server CPU, µs per stream", (server.Cpu - before).TotalMicroseconds / streams),
        ]);
    }
}
