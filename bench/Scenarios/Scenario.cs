using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>One thing to measure: a round of it takes a server and returns its figures.</summary>
internal abstract class Scenario
{
    /// <summary>Where the time to connect is not what is measured, no more than this wait in the server's backlog.</summary>
    protected const int GentleUnanswered = 512;

    public abstract string Title { get; }

    /// <summary>Streams open at a time.</summary>
    public abstract int Streams { get; }

    public virtual Abilities Needs => Abilities.None;

    /// <summary>Whether each round has a new process; otherwise all rounds have the same, warmed up by rounds that do not count.</summary>
    public virtual bool IsCold => false;

    public abstract Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken);

    /// <summary>Connects, waits until the server is at rest, publishes, and returns what happened and the server's CPU time for it.</summary>
    protected static async Task<(LoadResult Result, TimeSpan ServerCpu)> PublishAsync(
        Server server, LoadShape shape, IPacing pacing, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var load = new LoadLoop(server, shape, cancellationToken);
        load.Connect(GentleUnanswered);
        await server.SettleAsync(cancellationToken);
        var before = server.Cpu;
        var result = load.Publish(pacing, duration);
        return (result, server.Cpu - before);
    }

    /// <summary>How busy the one thread of the load side was: near 1 it, and not the server, was the limit.</summary>
    protected static Figure LoadShare(LoadResult result) => new("load side busy, share", result.LoadCpu / result.Elapsed, IsInTable: false);
}
