using LiveStreams.Core.FanOut;
using LiveStreams.Core.Posts;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The snapshot of the posts at the start of a stream and after a reset.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task A_new_subscriber_gets_a_snapshot_and_then_the_updates_after_it()
    {
        var fanOut = new FanOutHarness();
        var last = await fanOut.PublishAsync(Drafts.Posts(["a=1", "b~2"]));

        var reader = await StartAsync(fanOut);
        await fanOut.PublishAsync("live");

        var snapshot = await reader.NextAsync();
        Assert.Equal(("snapshot", last.Id.ToString()), (snapshot.EventType, snapshot.EventId));
        Assert.Equal(
            $$"""
            {"id":"{{last.Id}}","posts":[{"id":"b","show":false,"content":"2"},{"id":"a","show":true,"content":"1"}]}
            """,
            snapshot.Data);
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_page_without_posts_has_an_empty_snapshot()
    {
        var fanOut = new FanOutHarness();
        var reader = await StartAsync(fanOut);
        await fanOut.PublishAsync("live");

        Assert.Equal("""{"id":"0","posts":[]}""", await reader.NextDataAsync());
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task An_update_published_while_the_posts_are_read_is_neither_lost_nor_doubled()
    {
        var fanOut = new FanOutHarness(ringFrames: 2);
        var post = await fanOut.PublishAsync(Drafts.Posts(["a=1"]));
        var first = await fanOut.SubscribeAsync(post.Id); // It keeps the feed open.
        fanOut.Log.Hold();
        var starting = StartAsync(fanOut);
        await Wait.UntilAsync(() => fanOut.Log.Held == 1, "the posts are being read");
        var publishing = Enumerable.Range(1, 5).Select(n => fanOut.PublishAsync($"{n}")).ToArray();
        fanOut.Log.Release();
        await Task.WhenAll(publishing).BoundedAsync();

        var reader = await starting.BoundedAsync();
        var snapshot = await reader.NextAsync();
        Assert.True(UpdateId.TryParse(snapshot.EventId, out var position));
        await fanOut.PublishAsync("last");
        for (var id = position; id.Sequence < 7;)
        {
            var item = await reader.NextAsync();
            Assert.True(UpdateId.TryParse(item.EventId, out var next));
            Assert.True(next.Follows(id), $"{id} was followed by {item.EventId}.");
            id = next;
        }

        await first.LeaveAsync();
    }

    [Fact]
    public async Task New_subscribers_share_one_read_of_the_posts_while_the_page_does_not_change()
    {
        var fanOut = new FanOutHarness();
        var large = await fanOut.PublishAsync(Drafts.Posts([$"a={new string('x', 4 * TestReader.PipeBytes)}"]));
        var first = await fanOut.SubscribeAsync(large.Id);
        fanOut.Log.Hold();
        var starting = Enumerable.Range(0, 50).Select(_ => StartAsync(fanOut)).ToArray();
        await Wait.UntilAsync(() => fanOut.Log.Held == 1, "the posts are being read");
        fanOut.Log.Release();

        var together = await Task.WhenAll(starting).BoundedAsync();
        var reads = fanOut.Log.PostReads;
        var later = await StartAsync(fanOut); // While the others still write their snapshot.

        foreach (var reader in together.Append(later))
        {
            Assert.Contains("\"a\"", await reader.NextDataAsync(), StringComparison.Ordinal);
        }

        Assert.InRange(reads, 1, 3);
        Assert.Equal(reads, fanOut.Log.PostReads);
        await first.LeaveAsync();
    }

    [Fact]
    public async Task A_snapshot_is_never_older_than_the_page_was_when_the_subscriber_came()
    {
        var fanOut = new FanOutHarness();
        for (var n = 1; n <= 20; n++)
        {
            var id = (await fanOut.PublishAsync(Drafts.Posts([$"a={n}"]))).Id;
            var reader = await StartAsync(fanOut);
            Assert.Equal(id.ToString(), (await reader.NextAsync()).EventId);
        }
    }

    [Fact]
    public async Task A_reset_is_followed_by_a_snapshot_if_the_subscriber_wants_snapshots()
    {
        var fanOut = new FanOutHarness(maxUpdates: 3);
        await fanOut.PublishAsync(Drafts.Posts(["a=1"]));
        var last = await fanOut.PublishAsync(1, 10);

        var reader = new TestReader();
        await reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, last.Before(2), wantsSnapshots: true);

        var (reset, snapshot) = (await reader.NextAsync(), await reader.NextAsync());
        Assert.Equal(
            ("reset", $$"""{"reason":"trimmed","from":"{{last}}","missed":10}"""), (reset.EventType, reset.Data));
        Assert.Equal(("snapshot", last.ToString()), (snapshot.EventType, snapshot.EventId));
        await fanOut.PublishAsync("live");
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_store_that_is_unavailable_at_a_reset_is_asked_again_until_it_returns_the_posts()
    {
        var fanOut = new FanOutHarness(maxUpdates: 3);
        await fanOut.PublishAsync(Drafts.Posts(["a=1"]));
        var last = await fanOut.PublishAsync(1, 10);
        var first = await fanOut.SubscribeAsync(last);
        fanOut.Log.IsUnavailable = true;
        var reader = new TestReader();
        await reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, last.Before(2), wantsSnapshots: true);
        await Wait.UntilAsync(() => reader.IsWaiting, "the subscriber has asked the unavailable store");
        fanOut.Log.IsUnavailable = false;

        Assert.Equal("reset", (await fanOut.TickUntilAsync(reader.NextAsync())).EventType);
        Assert.Equal("snapshot", (await reader.NextAsync()).EventType);
        await first.LeaveAsync();
    }

    [Fact]
    public async Task A_slow_reader_of_a_large_snapshot_holds_no_copy_of_it()
    {
        var fanOut = new FanOutHarness();
        var large = new string('x', 50_000);
        for (var n = 0; n < 20; n++)
        {
            await fanOut.PublishAsync(Drafts.Posts([$"{n}={large}"]));
        }

        var reader = await StartAsync(fanOut);
        await Wait.UntilAsync(() => reader.IsFlushing, "the pipe is full");
        Assert.True(reader.TryPeek(out var waiting));
        Assert.InRange(waiting, TestReader.PipeBytes, 2 * TestReader.PipeBytes);
        await fanOut.PublishAsync("live");

        Assert.InRange((await reader.NextDataAsync()).Length, 20 * 50_000, 21 * 50_000);
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_snapshot_fails_in_time_while_reads_of_other_posts_hang()
    {
        var fanOut = new FanOutHarness();
        var slow = PageId.Parse("slow");
        fanOut.Log.Hold(page => page == slow);
        var hanging = Enumerable.Range(0, BoundedReadLog.MaxPostReads)
            .Select(_ => fanOut.Reads.PostsAsync(slow, TestContext.Current.CancellationToken).AsTask())
            .ToArray();
        var starting = StartAsync(fanOut);
        await Wait.UntilAsync(() => fanOut.Reads.Waiting == 1, "the snapshot waits in line");

        fanOut.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => starting.BoundedAsync());

        fanOut.Log.Release();
        Assert.All(hanging, read => Assert.True(read.IsFaulted));
        await (await StartAsync(fanOut).BoundedAsync()).LeaveAsync();
    }

    [Fact]
    public async Task Posts_that_nobody_is_sent_are_not_encoded()
    {
        var content = new byte[1_000_000];
        content.AsSpan().Fill((byte)'x');
        var posts = new PagePosts(PageHead.Empty, [new Post("a", Show: true, content)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var snapshot = new Snapshot(posts, readAt: 0);
        Assert.Equal(PageHead.Empty, snapshot.Page);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);

        await snapshot.EncodeAsync(TestContext.Current.CancellationToken);
        Assert.InRange(snapshot.Json.Length, content.Length, content.Length + 100);
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(snapshot.Charge);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static async Task<TestReader> StartAsync(FanOutHarness fanOut)
    {
        var reader = new TestReader();
        await reader.StartWithSnapshotAsync(fanOut.Feeds, FanOutHarness.Home);
        return reader;
    }
}
