using LiveStreams.Bench.Load;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Readers that each follow several pages, with a stream for all of them or with one for each: memory, and processor
/// time at a steady rate of updates. A new server each time, which is warmed up after its memory is measured.
/// </summary>
internal sealed class ManyPagesScenario(int readers, bool isTogether, TimeSpan duration) : Scenario
{
    private const int Pages = 40;
    private const int UpdatesPerSecond = 200;
    private const int Publishers = 8;

    public override string Title =>
        $"many, {readers:N0} readers of {Pages} pages, {(isTogether ? "one stream each" : $"{Pages} streams each")}";

    public override int Streams => isTogether ? readers : readers * Pages;

    public override ServerCapabilities RequiredCapabilities => ServerCapabilities.ManyPages;

    public override bool NeedsNewServer => true;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Server server, CancellationToken cancellationToken)
    {
        var shape = new LoadShape(Streams, Pages, Publishers) { FollowsAllPages = isTogether };
        var pacing = new FixedRate(UpdatesPerSecond);
        var before = server.ResidentBytes;
        long bytes;
        using (var load = new LoadLoop(server, shape, cancellationToken))
        {
            load.Connect(MaxPendingStreams);
            await server.WaitUntilIdleAsync(cancellationToken);
            bytes = server.ResidentBytes - before;
            load.Publish(pacing, duration);
        }

        await server.WaitUntilIdleAsync(cancellationToken);
        var (result, cpu) = await PublishAsync(server, shape, pacing, duration, cancellationToken);
        return
        [
            new("resident KB per reader", bytes / 1024.0 / readers),
            new("server CPU, ms per update", cpu.TotalMilliseconds / result.Updates),
            new("delivered/s", result.Delivered / result.Elapsed.TotalSeconds),
            new("POST-to-event p99, ms", result.Latencies.Percentile(0.99)),
            LoadShare(result),
        ];
    }
}
