using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>One thing to measure. A round runs it once against a server and returns its figures.</summary>
internal abstract class Scenario
{
    /// <summary>
    /// How many streams wait for their headers at a time where the time to connect is not measured; few enough for any
    /// server's backlog.
    /// </summary>
    protected const int MaxPendingStreams = 512;

    public abstract string Title { get; }

    /// <summary>Streams open at the same time.</summary>
    public abstract int Streams { get; }

    public virtual ServerCapabilities RequiredCapabilities => ServerCapabilities.None;

    /// <summary>
    /// Whether each round starts a new server. Otherwise all rounds use the same server, after warm-up rounds.
    /// </summary>
    public virtual bool NeedsNewServer => false;

    public abstract Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken);

    /// <summary>
    /// Connects, waits until the server is idle, publishes, and returns the result and the server's CPU time for
    /// publishing and delivering.
    /// </summary>
    protected static async Task<(LoadResult Result, TimeSpan ServerCpu)> PublishAsync(
        Server server,
        LoadShape shape,
        IPacing pacing,
        TimeSpan duration,
        CancellationToken cancellationToken)
    {
        using var load = new LoadLoop(server, shape, cancellationToken);
        load.Connect(MaxPendingStreams);
        await server.WaitUntilIdleAsync(cancellationToken);
        var before = server.CpuTime;
        var result = load.Publish(pacing, duration);
        return (result, server.CpuTime - before);
    }

    /// <summary>
    /// How busy the load generator's only thread was. Near 1, the load generator and not the server was the limit.
    /// </summary>
    protected static Figure LoadShare(LoadResult result) =>
        new("load side busy, share", result.LoadCpu / result.Elapsed, IsInTable: false);
}
