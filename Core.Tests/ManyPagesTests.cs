using LiveStreams.Core.FanOut;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.FanOut;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests;

/// <summary>A page without subscribers and publishers uses no memory, however many pages there were.</summary>
public sealed class ManyPagesTests
{
    private const int Pages = 100_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_feeds_without_subscribers_are_removed_at_the_next_tick()
    {
        var fanOut = new FanOutHarness(mayLose: false);
        await JoinAndLeaveAsync(fanOut, Pages);
        Assert.Equal(Pages, fanOut.Feeds.Count);

        await fanOut.TickAsync(1);
        Assert.Equal(0, fanOut.Feeds.Count);
    }

    [Fact]
    public async Task A_few_feeds_without_subscribers_linger()
    {
        var fanOut = new FanOutHarness(mayLose: false);
        await JoinAndLeaveAsync(fanOut, FeedRegistry.MaxLingering);
        await fanOut.TickAsync(1);
        Assert.Equal(FeedRegistry.MaxLingering, fanOut.Feeds.Count);

        await fanOut.TickAsync((int)fanOut.Options.FeedLinger.TotalSeconds);
        Assert.Equal(0, fanOut.Feeds.Count);
    }

    [Fact]
    public async Task Feeds_with_a_subscriber_stay()
    {
        var fanOut = new FanOutHarness(mayLose: false);
        using var watching = await fanOut.JoinAsync();
        await JoinAndLeaveAsync(fanOut, Pages);
        await fanOut.TickAsync(20);
        Assert.Equal(1, fanOut.Feeds.Count);
    }

    [Fact]
    public async Task Page_writers_without_publishers_are_removed()
    {
        var pages = new LocalPublishRouter(NewLog(), ServerMetrics.CreateUnread(), TimeProvider.System);
        for (var n = 0; n < Pages; n++)
        {
            await pages.PublishAsync(PageId.Parse($"page {n}"), Drafts.Text("x"), Ct);
        }

        await Wait.UntilAsync(() => pages.Count == 0, "all page writers are removed");
    }

    [Fact]
    public async Task The_memory_engine_removes_the_page_that_was_silent_for_longest()
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

    private static async Task JoinAndLeaveAsync(FanOutHarness fanOut, int pages)
    {
        for (var n = 0; n < pages; n++)
        {
            var subscriber = await fanOut.Feeds.SubscribeAsync(
                StreamScope.Of(PageId.Parse($"page {n}"), EventFilter.All), "owner", lease: null, Ct);
            subscriber.Dispose();
        }
    }
}
