using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>Appends of several pages share script calls: which ones, what each receives, and the limits.</summary>
public sealed class RedisCallTests : OwnRedisTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_appends_of_many_pages_share_calls_and_each_gets_its_own_results()
    {
        var pages = Pages(100);
        for (var i = 0; i < 10; i++)
        {
            await Engine.Log.AppendAsync(pages[i], Drafts.Text("kept", key: "k"));
        }

        var before = await Server.ScriptCallsAsync();
        Server.Pause();
        var appending = Array.ConvertAll(pages, page => Engine.Log.AppendAsync(
            page,
            [Drafts.Text("kept", key: "k"), Drafts.Text("live", keep: false), Drafts.Posts([$"post=on {page}"])],
            Ct).AsTask());
        Server.Resume();
        var results = await Task.WhenAll(appending).BoundedAsync();

        Assert.InRange(await Server.ScriptCallsAsync() - before, 2, 10);
        for (var i = 0; i < pages.Length; i++)
        {
            var head = (await Engine.Log.HeadAsync(pages[i], Ct)).Head;
            Assert.Equal(2, head.Sequence);
            var first = new UpdateId(head.Epoch, 1);
            PublishResult[] expected =
            [
                i < 10 ? PublishResult.Repeated(first) : PublishResult.Published(first),
                PublishResult.Published(UpdateId.None),
                PublishResult.Published(head),
            ];
            Assert.Equal(expected, results[i]);
            Assert.Equal([$"post=on {pages[i]}"], await Engine.Log.PostsOfAsync(pages[i]));
        }
    }

    [Fact]
    public async Task Sequential_appends_are_sent_in_a_call_each()
    {
        var before = await Server.ScriptCallsAsync();
        foreach (var page in Pages(5))
        {
            await Engine.Log.AppendAsync(page, Drafts.Text("x"));
        }

        Assert.Equal(5, await Server.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task A_page_whose_keys_another_program_has_overwritten_fails_alone()
    {
        var pages = Pages(40);
        await Engine.Log.AppendAsync(pages[7], Drafts.Text("before"));
        await Server.CliAsync("SET", "livestreams:{7}:log", "overwritten");
        await Server.CliAsync("SET", "livestreams:{23}:meta", "overwritten");
        var before = await Server.ScriptCallsAsync();
        Server.Pause();
        var appending = Array.ConvertAll(
            pages, page => Engine.Log.AppendAsync(page, [Drafts.Text("x"), Drafts.Text("y")], Ct).AsTask());
        Server.Resume();

        for (var i = 0; i < pages.Length; i++)
        {
            if (i is 7 or 23)
            {
                var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => appending[i].BoundedAsync());
                Assert.Contains("Redis returned an error: WRONGTYPE", error.Message, StringComparison.Ordinal);
                Assert.True(error.OutcomeUnknown);
            }
            else
            {
                Assert.Equal([1L, 2L], (await appending[i].BoundedAsync()).Select(result => result.Id.Sequence));
            }
        }

        Assert.InRange(await Server.ScriptCallsAsync() - before, 2, 6);
    }

    [Fact]
    public async Task An_append_to_a_page_whose_epoch_was_overwritten_has_an_unknown_outcome()
    {
        await Server.CliAsync("HSET", "livestreams:{home}:meta", "epoch", "overwritten");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("x")));

        Assert.Contains("'overwritten-1' is not an update id", error.Message, StringComparison.Ordinal);
        Assert.True(error.OutcomeUnknown);
    }

    [Fact]
    public async Task A_full_redis_refuses_every_append_of_a_call_and_stores_none()
    {
        var pages = Pages(40);
        await Task.WhenAll(pages.Select(page => Engine.Log.AppendAsync(page, Drafts.Text("a"))));
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        foreach (var error in await ErrorsAsync(pages.Select(page => Engine.Log.AppendAsync(page, Drafts.Text("b")))))
        {
            Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
            Assert.False(error.OutcomeUnknown);
        }

        Assert.All(pages, page => Assert.Equal(1, Engine.Log.HeadAsync(page, Ct).AsTask().Result.Head.Sequence));
    }

    [Fact]
    public async Task A_script_that_fails_half_way_leaves_the_outcome_of_all_its_appends_unknown()
    {
        var pages = Pages(40);
        await Server.CliAsync("ACL", "SETUSER", "default", "resetchannels");
        var errors = await ErrorsAsync(pages.Select(page => Engine.Log.AppendAsync(page, Drafts.Text("a", key: "k"))));
        Assert.All(errors, error => Assert.True(error.OutcomeUnknown));

        await Server.CliAsync("ACL", "SETUSER", "default", "allchannels");
        await Task.WhenAll(pages.Select(page => Engine.Log.AppendAsync(page, Drafts.Text("a", key: "k"))));
        Assert.All(pages, page => Assert.Equal(1, Engine.Log.HeadAsync(page, Ct).AsTask().Result.Count));
    }

    [Fact]
    public async Task A_lost_call_leaves_the_outcome_of_its_appends_unknown_and_queued_appends_fail_as_not_sent()
    {
        var connection = (RedisConnection)Engine.Connection!;
        var sender = new AppendSender(connection, Engine.History, Engine.Posts, Engine.Time);
        PendingAppend[] appends = [.. Pages(40).Select(page => new PendingAppend(page, [Drafts.Text("a", key: "k")]))];
        await Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("the script is known"));
        Server.Pause();
        var running = sender.SendAsync(appends);
        await Wait.UntilAsync(() => Server.HasUnread(), "the call has been sent");
        PageId[] others = Pages(100)[40..];
        var waiting = Array.ConvertAll(others, page => Engine.Log.AppendAsync(page, Drafts.Text("b", key: "k")));
        Server.Kill();

        await running.BoundedAsync();
        Array.ForEach(appends, append => append.Complete());
        var errors = await ErrorsAsync(appends.Select(append => (Task)append.Task));
        Assert.All(errors, error => Assert.True(error.OutcomeUnknown));
        Assert.InRange((await ErrorsAsync(waiting)).Count(error => error.OutcomeUnknown), 0, 4);
    }

    [Fact]
    public async Task Every_waiting_append_fails_when_the_connection_is_closed()
    {
        await Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("the script is known"));
        Server.Pause();
        var appending = Array.ConvertAll(Pages(40), page => Engine.Log.AppendAsync(page, Drafts.Text("a")));
        await Wait.UntilAsync(() => Server.HasUnread(), "a call has been sent");

        ((RedisConnection)Engine.Connection!).Dispose();

        await ErrorsAsync(appending);
    }

    [Fact]
    public async Task Large_appends_are_sent_in_a_call_each()
    {
        var before = await Server.ScriptCallsAsync();
        Server.Pause();
        var large = new string('x', 200_000);
        var appending = Pages(8).Select(page => Engine.Log.AppendAsync(page, Drafts.Text(large))).ToList();
        Server.Resume();
        await Task.WhenAll(appending).BoundedAsync();

        Assert.Equal(8, await Server.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task The_10_001st_pending_append_is_refused_and_the_others_are_done()
    {
        Server.Pause();
        var appending = Pages(AppendQueue.MaxAppends)
            .Select(page => Engine.Log.AppendAsync(page, Drafts.Text("x")))
            .ToList();
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("one more")));
        Assert.False(error.OutcomeUnknown);

        Server.Resume();
        await Task.WhenAll(appending).BoundedAsync();
        await Engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("again"));
    }

    [Fact]
    public async Task An_append_beyond_64_MiB_of_pending_appends_is_refused_and_the_others_are_done()
    {
        // Not the client's own limit of 5 s, which a busy machine may need for 64 MiB.
        using var engine = await RedisEngine.OpenAsync(
            new RedisOptions { Connection = $"{Server.Connection},asyncTimeout=60000" }, new HistoryOptions());
        var data = new string('x', (int)(AppendQueue.MaxBytes / 4));
        Server.Pause();
        var appending = Pages(4).Select(page => engine.Log.AppendAsync(page, Drafts.Text(data))).ToList();
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("one byte more")));

        Server.Resume();
        await Task.WhenAll(appending).BoundedAsync();
        await engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("again"));
    }

    private static PageId[] Pages(int count) => [.. Enumerable.Range(0, count).Select(i => PageId.Parse($"{i}"))];

    private static async Task<List<StoreUnavailableException>> ErrorsAsync(IEnumerable<Task> appending)
    {
        var errors = new List<StoreUnavailableException>();
        foreach (var append in appending.ToList())
        {
            errors.Add(await Assert.ThrowsAsync<StoreUnavailableException>(() => append.BoundedAsync()));
        }

        return errors;
    }
}
