using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.FanOut;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests;

/// <summary>A page's name costs nothing once nobody watches it and nobody publishes to it, however many names there were.</summary>
public sealed class ManyPagesTests
{
    private const int Pages = 100_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Feeds_that_nobody_watches_are_dropped_at_the_next_tick_when_there_are_many()
    {
        var bench = new FanOutBench(mayLose: false);
        await JoinAndLeaveAsync(bench, Pages);
        Assert.Equal(Pages, bench.Feeds.Count);

        await bench.TickAsync(1);
        Assert.Equal(0, bench.Feeds.Count);
    }

    [Fact]
    public async Task A_few_linger()
    {
        var bench = new FanOutBench(mayLose: false);
        await JoinAndLeaveAsync(bench, FeedRegistry.MaxLingering);
        await bench.TickAsync(1);
        Assert.Equal(FeedRegistry.MaxLingering, bench.Feeds.Count);

        await bench.TickAsync((int)bench.Options.FeedLinger.TotalSeconds);
        Assert.Equal(0, bench.Feeds.Count);
    }

    [Fact]
    public async Task Feeds_that_somebody_watches_stay()
    {
        var bench = new FanOutBench(mayLose: false);
        using var watching = await bench.Feeds.SubscribeAsync(FanOutBench.Home, () => { }, lease: null, Ct);
        await JoinAndLeaveAsync(bench, Pages);
        await bench.TickAsync(20);
        Assert.Equal(1, bench.Feeds.Count);
    }

    [Fact]
    public async Task Pages_that_nobody_publishes_to_are_put_away()
    {
        var pages = new LocalPublishRouter(NewLog(), TimeProvider.System);
        for (var n = 0; n < Pages; n++)
        {
            await pages.PublishAsync(PageId.Parse($"page {n}"), Drafts.Text("x"), Ct);
        }

        await Wait.UntilAsync(() => pages.Count == 0, "all pages are away");
    }

    [Fact]
    public async Task The_memory_engine_forgets_the_page_that_was_silent_for_longest()
    {
        var log = NewLog();
        PageId[] names = [.. Enumerable.Range(0, MemoryLog.MaxPages + 1).Select(n => PageId.Parse($"page {n}"))];
        foreach (var name in names[..^1])
        {
            await log.AppendAsync(name, [Drafts.Text("x")], Ct);
        }

        await log.AppendAsync(names[0], [Drafts.Text("again")], Ct);
        await log.AppendAsync(names[^1], [Drafts.Text("one too many")], Ct);

        Assert.Equal(2, (await log.HeadAsync(names[0], Ct)).Count);
        Assert.Equal(PageHead.Empty, await log.HeadAsync(names[1], Ct));
        Assert.Equal(1, (await log.HeadAsync(names[2], Ct)).Count);
        Assert.Equal(1, (await log.HeadAsync(names[^1], Ct)).Count);
    }

    private static MemoryLog NewLog() =>
        new(new HistoryOptions(), new PostOptions(), new LocalBus(), new FakeTimeProvider());

    private static async Task JoinAndLeaveAsync(FanOutBench bench, int pages)
    {
        for (var n = 0; n < pages; n++)
        {
            (await bench.Feeds.SubscribeAsync(PageId.Parse($"page {n}"), () => { }, lease: null, Ct)).Dispose();
        }
    }
}
