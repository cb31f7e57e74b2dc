using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Measures the memory of a new server for each stream that receives only heartbeats.</summary>
/// <param name="streams">Number of streams.</param>
/// <param name="pages">Number of pages that the streams are spread over.</param>
internal sealed class IdleScenario(int streams, int pages) : Scenario
{
    /// <summary>Longer than the heartbeat interval, so that the memory a heartbeat needs is included.</summary>
    private static readonly TimeSpan _idleTime = TimeSpan.FromSeconds(20);

    public override string Title =>
        $"idle, {streams:N0} streams on {(pages == 1 ? "one page" : "a page each")}";

    public override int Streams => streams;

    public override ServerCapabilities RequiredCapabilities =>
        pages == 1 ? ServerCapabilities.None : ServerCapabilities.Pages;

    public override bool NeedsNewServer => true;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var before = server.ResidentBytes;
        using var load = new LoadLoop(server, new LoadShape(streams, pages), cancellationToken);
        load.Connect(MaxPendingStreams);
        await Task.Delay(_idleTime, TimeProvider.System, cancellationToken);
        await server.WaitUntilIdleAsync(cancellationToken);
        var bytes = server.ResidentBytes - before;
        load.ReadAll();
        return [new("resident bytes per stream", (double)bytes / streams)];
    }
}
