using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The page's posts at the head of a stream, and after a reset.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task A_newcomer_is_shown_the_posts_and_then_what_follows()
    {
        var bench = new FanOutBench();
        var last = await bench.PublishAsync(Drafts.Posts(["a=1", "b~2"]));

        var reader = await StartAsync(bench);
        await bench.PublishAsync("live");

        var snapshot = await reader.NextAsync();
        Assert.Equal(("snapshot", last.Id.ToString()), (snapshot.EventType, snapshot.EventId));
        Assert.Equal(
            $$"""{"id":"{{last.Id}}","posts":[{"id":"b","show":false,"content":"2"},{"id":"a","show":true,"content":"1"}]}""", snapshot.Data);
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_page_without_posts_is_shown_too()
    {
        var bench = new FanOutBench();
        var reader = await StartAsync(bench);
        await bench.PublishAsync("live");

        Assert.Equal("""{"id":"0","posts":[]}""", await reader.NextDataAsync());
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task What_is_published_while_the_posts_are_read_is_neither_lost_nor_doubled()
    {
        var bench = new FanOutBench(ringFrames: 2);
        var first = await bench.SubscribeAsync((await bench.PublishAsync(Drafts.Posts(["a=1"]))).Id); // The feed is open.
        bench.Log.Hold();
        var starting = StartAsync(bench);
        await Wait.UntilAsync(() => bench.Log.Held == 1, "the posts are being read");
        var publishing = Enumerable.Range(1, 5).Select(n => bench.PublishAsync($"{n}")).ToArray();
        bench.Log.Release();
        await Task.WhenAll(publishing).BoundedAsync();

        var reader = await starting.BoundedAsync();
        var snapshot = await reader.NextAsync();
        Assert.True(UpdateId.TryParse(snapshot.EventId, out var position));
        await bench.PublishAsync("last");
        for (var id = position; id.Sequence < 7;)
        {
            var item = await reader.NextAsync();
            Assert.True(UpdateId.TryParse(item.EventId, out var next) && next.Follows(id), $"{id} was followed by {item.EventId}.");
            id = next;
        }

        await first.LeaveAsync();
    }

    [Fact]
    public async Task Newcomers_who_come_together_share_one_reading_and_later_ones_too_while_the_page_stands_still()
    {
        var bench = new FanOutBench();
        var first = await bench.SubscribeAsync((await bench.PublishAsync(Drafts.Posts([$"a={new string('x', 4 * TestReader.PipeBytes)}"]))).Id);
        bench.Log.Hold();
        var starting = Enumerable.Range(0, 50).Select(_ => StartAsync(bench)).ToArray();
        await Wait.UntilAsync(() => bench.Log.Held == 1, "the posts are being read");
        bench.Log.Release();

        var together = await Task.WhenAll(starting).BoundedAsync();
        var reads = bench.Log.PostReads;
        var later = await StartAsync(bench); // While those before still write what they have.

        foreach (var reader in together.Append(later))
        {
            Assert.Contains("\"a\"", await reader.NextDataAsync(), StringComparison.Ordinal);
        }

        Assert.InRange(reads, 1, 3);
        Assert.Equal(reads, bench.Log.PostReads);
        await first.LeaveAsync();
    }

    [Fact]
    public async Task A_newcomer_never_gets_a_snapshot_older_than_the_page_was_when_it_came()
    {
        var bench = new FanOutBench();
        for (var n = 1; n <= 20; n++)
        {
            var id = (await bench.PublishAsync(Drafts.Posts([$"a={n}"]))).Id;
            var reader = await StartAsync(bench);
            Assert.Equal(id.ToString(), (await reader.NextAsync()).EventId);
        }
    }

    [Fact]
    public async Task After_a_reset_the_posts_are_shown_again_to_whoever_asked_for_them()
    {
        var bench = new FanOutBench(maxUpdates: 3);
        await bench.PublishAsync(Drafts.Posts(["a=1"]));
        var last = await bench.PublishAsync(1, 10);

        var reader = new TestReader();
        await reader.StartAsync(bench.Feeds, FanOutBench.Home, last.Before(2), wantsSnapshots: true);

        var (reset, snapshot) = (await reader.NextAsync(), await reader.NextAsync());
        Assert.Equal(("reset", $$"""{"reason":"trimmed","from":"{{last}}"}"""), (reset.EventType, reset.Data));
        Assert.Equal(("snapshot", last.ToString()), (snapshot.EventType, snapshot.EventId));
        await bench.PublishAsync("live");
        Assert.Equal("live", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_store_that_is_away_at_a_reset_is_asked_again_until_it_shows_the_posts()
    {
        var bench = new FanOutBench(maxUpdates: 3);
        await bench.PublishAsync(Drafts.Posts(["a=1"]));
        var last = await bench.PublishAsync(1, 10);
        var first = await bench.SubscribeAsync(last);
        bench.Log.Away = true;
        var reader = new TestReader();
        await reader.StartAsync(bench.Feeds, FanOutBench.Home, last.Before(2), wantsSnapshots: true);
        await Wait.UntilAsync(() => reader.IsWaiting, "the store is away");
        bench.Log.Away = false;

        Assert.Equal("reset", (await bench.TickUntilAsync(reader.NextAsync())).EventType);
        Assert.Equal("snapshot", (await reader.NextAsync()).EventType);
        await first.LeaveAsync();
    }

    [Fact]
    public async Task A_slow_reader_of_a_large_snapshot_holds_no_copy_of_it()
    {
        var bench = new FanOutBench();
        var large = new string('x', 50_000);
        for (var n = 0; n < 20; n++)
        {
            await bench.PublishAsync(Drafts.Posts([$"{n}={large}"]));
        }

        var reader = await StartAsync(bench);
        await Wait.UntilAsync(() => reader.IsFlushing, "the pipe is full");
        Assert.True(reader.TryPeek(out var waiting));
        Assert.InRange(waiting, TestReader.PipeBytes, 2 * TestReader.PipeBytes);
        await bench.PublishAsync("live");

        Assert.InRange((await reader.NextDataAsync()).Length, 20 * 50_000, 21 * 50_000);
        Assert.Equal("live", await reader.NextDataAsync());
    }

    private static async Task<TestReader> StartAsync(FanOutBench bench)
    {
        var reader = new TestReader();
        await reader.StartWithSnapshotAsync(bench.Feeds, FanOutBench.Home);
        return reader;
    }
}
