using System.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using LiveStreams.Grains.Tests.Support;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Grains.Tests;

/// <summary>Publishing through the Orleans stream <c>page-updates</c>, as other services of the cluster do.</summary>
public sealed class PageUpdatesTests : OwnSilosTests
{
    private static readonly PageId _home = PageId.Parse("home");

    [Fact]
    public async Task Items_of_a_stream_are_published_in_order_with_ids()
    {
        for (var n = 0; n < 20; n++)
        {
            await PutAsync(Text($"{n}") with { Event = n % 2 == 0 ? null : "odd" });
        }

        var history = await HistoryAsync(20);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{n}"), history.Select(update => update.Text()));
        Assert.Equal(["odd", null], history.Skip(1).Take(2).Select(update => update.Event));
    }

    [Fact]
    public async Task An_item_reaches_subscribers_over_http_with_an_id_and_can_be_replayed()
    {
        using var server = await ServerProcess.StartAsync($"--Redis:Connection={Redis.Connection}");
        using var client = new ApiClient(server.Address);
        await using var stream = await client.SubscribeAsync(_home.Value);

        await PutAsync(new DraftMessage("Goal!"u8.ToArray(), "score", null, Keep: true));

        var item = await stream.NextAsync();
        Assert.Equal(("score", "Goal!", 1), (item.EventType, item.Data, ApiClient.SequenceOf(item.EventId!)));
        await using var replay = await client.SubscribeAsync(_home.Value, query: "?from=earliest");
        Assert.Equal(item.EventId, (await replay.NextAsync()).EventId);
    }

    [Fact]
    public async Task An_invalid_item_is_dropped_and_the_next_is_published()
    {
        await PutAsync(new DraftMessage([0xff], null, null, Keep: true));
        await PutAsync(new DraftMessage("x"u8.ToArray(), "a\nid: 7", null, Keep: true));
        await PutAsync(new DraftMessage("x"u8.ToArray(), null, new string('k', 129), Keep: true));
        await PutAsync(Posts("not JSON"));
        await PutAsync(Posts("""{"score":"1:0"}"""));
        await PutAsync(Posts("""{"renders":{"a":{"show":true}}}"""));
        await PutAsync(Posts("""{"removals":[]}""") with { Event = "score" });
        await PutAsync(Posts("""{"removals":[]}""") with { Keep = false });
        await PutAsync(Changed(new Post("a", true, new byte[new PostOptions().MaxPostBytes + 1])));
        var tooMany = Enumerable.Range(0, new PostOptions().MaxPosts + 1).Select(n => new Post($"{n}", true, default));
        await PutAsync(Changed([.. tooMany]));
        await PutAsync(new DraftMessage("good"u8.ToArray(), null, null, Keep: true));

        Assert.Equal("good", Assert.Single(await HistoryAsync(1)).Text());
    }

    [Fact]
    public async Task A_repeated_key_publishes_nothing()
    {
        foreach (var data in new[] { "once", "twice" })
        {
            await PutAsync(Text(data) with { Key = "k" });
        }

        await PutAsync(new DraftMessage("last"u8.ToArray(), null, null, Keep: true));
        Assert.Equal(["once", "last"], (await HistoryAsync(2)).Select(update => update.Text()));
    }

    [Fact]
    public async Task An_item_changes_posts_as_over_http_whether_it_is_marked_so_or_not()
    {
        const string Change = """{"renders":{"goal-1":{"show":true,"content":"<p>1:0</p>"}},"removals":[]}""";
        await PutAsync(Posts(Change));
        await PutAsync(Text(Change.Replace("goal-1", "goal-2", StringComparison.Ordinal)));

        await HistoryAsync(2);
        var posts = (await Silos.Log.PostsAsync(_home, Ct)).Posts;
        Assert.Equal(["goal-2", "goal-1"], posts.Select(post => post.Id));
    }

    private static DraftMessage Changed(params Post[] posts) =>
        Posts(Encoding.UTF8.GetString(PostsJsonWriter.Changes(new PostChanges(posts, [])).Span));

    private static DraftMessage Posts(string json) => Text(json) with { ChangesPosts = true };

    private static DraftMessage Text(string data) => new(Encoding.UTF8.GetBytes(data), null, null, Keep: true);

    private Task PutAsync(DraftMessage item) => Silos.Cluster.Client
        .GetStreamProvider(PageUpdatesSubscriber.Namespace)
        .GetStream<DraftMessage>(StreamId.Create(PageUpdatesSubscriber.Namespace, _home.Value))
        .OnNextAsync(item);

    private async Task<IReadOnlyList<Update>> HistoryAsync(int count)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var updates = (await Silos.Log.ReadAsync(_home, UpdateId.None, 1000, Ct)).Updates;
            if (updates.Count >= count)
            {
                return updates;
            }

            var isInTime = TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20);
            Assert.True(isInTime, $"Only {updates.Count} of {count} updates arrived.");
            await Task.Yield();
        }
    }
}
