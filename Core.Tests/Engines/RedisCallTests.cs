using LiveStreams.Core.Tests.Support;
using LiveStreams.Redis;

namespace LiveStreams.Core.Tests.Engines;

/// <summary>Appends of several pages that share script calls: who shares, what each is told, what bounds them.</summary>
public sealed class RedisCallTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private Engine _engine = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _engine = await RedisEngine.OpenAsync(new RedisOptions { Connection = _server.Connection }, new HistoryOptions());
    }

    public ValueTask DisposeAsync()
    {
        _engine.Dispose();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Appends_of_many_pages_at_once_share_calls_and_each_gets_its_own_answers()
    {
        var pages = Pages(100);
        for (var i = 0; i < 10; i++)
        {
            await _engine.Log.AppendAsync(pages[i], Drafts.Text("before", key: "k"));
        }

        var before = await _server.ScriptCallsAsync();
        _server.Pause();
        var appending = Array.ConvertAll(pages, page => _engine.Log.AppendAsync(
            page, [Drafts.Text("kept", key: "k"), Drafts.Text("live", keep: false), Drafts.Posts([$"post=on {page}"])], Ct).AsTask());
        _server.Resume();
        var answers = await Task.WhenAll(appending).BoundedAsync();

        Assert.InRange(await _server.ScriptCallsAsync() - before, 2, 10);
        for (var i = 0; i < pages.Length; i++)
        {
            var head = (await _engine.Log.HeadAsync(pages[i], Ct)).Head;
            Assert.Equal(2, head.Sequence);
            Assert.Equal([new Published(new UpdateId(head.Epoch, 1), Repeated: i < 10), new Published(UpdateId.None, Repeated: false), new Published(head, Repeated: false)], answers[i]);
            Assert.Equal([$"post=on {pages[i]}"], await _engine.Log.PostsOfAsync(pages[i]));
        }
    }

    [Fact]
    public async Task Appends_that_do_not_meet_go_out_alone()
    {
        var before = await _server.ScriptCallsAsync();
        foreach (var page in Pages(5))
        {
            await _engine.Log.AppendAsync(page, Drafts.Text("x"));
        }

        Assert.Equal(5, await _server.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task A_page_whose_keys_another_program_has_spoilt_fails_alone()
    {
        var pages = Pages(40);
        await _engine.Log.AppendAsync(pages[7], Drafts.Text("before"));
        await _server.CliAsync("SET", "livestreams:{7}:log", "spoilt");
        await _server.CliAsync("SET", "livestreams:{23}:meta", "spoilt");
        var before = await _server.ScriptCallsAsync();
        _server.Pause();
        var appending = Array.ConvertAll(pages, page => _engine.Log.AppendAsync(page, [Drafts.Text("x"), Drafts.Text("y")], Ct).AsTask());
        _server.Resume();

        for (var i = 0; i < pages.Length; i++)
        {
            if (i is 7 or 23)
            {
                var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => appending[i].BoundedAsync());
                Assert.Contains("Redis refuses: WRONGTYPE", fault.Message, StringComparison.Ordinal);
                Assert.True(fault.OutcomeUnknown);
            }
            else
            {
                Assert.Equal([1L, 2L], (await appending[i].BoundedAsync()).Select(answer => answer.Id.Sequence));
            }
        }

        Assert.InRange(await _server.ScriptCallsAsync() - before, 2, 6);
    }

    [Fact]
    public async Task A_full_redis_refuses_all_in_a_call_and_nothing_of_them_is_kept()
    {
        var pages = Pages(40);
        await Task.WhenAll(pages.Select(page => _engine.Log.AppendAsync(page, Drafts.Text("a"))));
        await _server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        foreach (var fault in await FaultsAsync(pages.Select(page => _engine.Log.AppendAsync(page, Drafts.Text("b")))))
        {
            Assert.Contains("OOM", fault.Message, StringComparison.Ordinal);
            Assert.False(fault.OutcomeUnknown);
        }

        Assert.All(pages, page => Assert.Equal(1, _engine.Log.HeadAsync(page, Ct).AsTask().Result.Head.Sequence));
    }

    [Fact]
    public async Task A_redis_that_stops_half_way_leaves_the_outcome_of_all_in_a_call_unknown_and_keys_make_it_known()
    {
        var pages = Pages(40);
        await _server.CliAsync("ACL", "SETUSER", "default", "resetchannels");
        Assert.All(await FaultsAsync(pages.Select(page => _engine.Log.AppendAsync(page, Drafts.Text("a", key: "k")))), fault => Assert.True(fault.OutcomeUnknown));

        await _server.CliAsync("ACL", "SETUSER", "default", "allchannels");
        await Task.WhenAll(pages.Select(page => _engine.Log.AppendAsync(page, Drafts.Text("a", key: "k"))));
        Assert.All(pages, page => Assert.Equal(1, _engine.Log.HeadAsync(page, Ct).AsTask().Result.Count));
    }

    [Fact]
    public async Task A_call_that_is_lost_leaves_the_outcome_of_all_in_it_unknown_and_those_that_wait_are_told_that_they_were_not_sent()
    {
        var calls = new AppendCalls((RedisConnection)_engine.Connection!, _engine.History, _engine.Posts, _engine.Time);
        PageAppend[] appends = [.. Pages(40).Select(page => new PageAppend(page, [Drafts.Text("a", key: "k")]))];
        await _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("the script is known"));
        _server.Pause();
        var running = calls.RunAsync(appends);
        await Wait.UntilAsync(() => _server.HasUnread(), "the call has been sent");
        PageId[] others = Pages(100)[40..];
        var waiting = Array.ConvertAll(others, page => _engine.Log.AppendAsync(page, Drafts.Text("b", key: "k")));
        _server.Kill();

        await running.BoundedAsync();
        Array.ForEach(appends, append => append.Complete());
        Assert.All(await FaultsAsync(appends.Select(append => (Task)append.Task)), fault => Assert.True(fault.OutcomeUnknown));
        Assert.InRange((await FaultsAsync(waiting)).Count(fault => fault.OutcomeUnknown), 0, 4);
    }

    [Fact]
    public async Task All_who_wait_are_told_when_the_connection_is_closed()
    {
        await _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("the script is known"));
        _server.Pause();
        var appending = Array.ConvertAll(Pages(40), page => _engine.Log.AppendAsync(page, Drafts.Text("a")));
        await Wait.UntilAsync(() => _server.HasUnread(), "a call has been sent");

        ((RedisConnection)_engine.Connection!).Dispose();

        await FaultsAsync(appending);
    }

    [Fact]
    public async Task Large_appends_share_no_call()
    {
        var before = await _server.ScriptCallsAsync();
        _server.Pause();
        var appending = Pages(8).Select(page => _engine.Log.AppendAsync(page, Drafts.Text(new string('x', 200_000)))).ToList();
        _server.Resume();
        await Task.WhenAll(appending).BoundedAsync();

        Assert.Equal(8, await _server.ScriptCallsAsync() - before);
    }

    [Fact]
    public async Task The_10_001st_append_without_an_answer_is_refused_and_the_others_are_done()
    {
        _server.Pause();
        var appending = Pages(AppendLine.MaxAppends).Select(page => _engine.Log.AppendAsync(page, Drafts.Text("x"))).ToList();
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("one more")));
        Assert.False(fault.OutcomeUnknown);

        _server.Resume();
        await Task.WhenAll(appending).BoundedAsync();
        await _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("again"));
    }

    [Fact]
    public async Task Appends_beyond_64_MiB_without_an_answer_are_refused_and_the_others_are_done()
    {
        var data = new string('x', (int)(AppendLine.MaxBytes / 4));
        _server.Pause();
        var appending = Pages(4).Select(page => _engine.Log.AppendAsync(page, Drafts.Text(data))).ToList();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("one byte more")));

        _server.Resume();
        await Task.WhenAll(appending).BoundedAsync();
        await _engine.Log.AppendAsync(PageId.Parse("home"), Drafts.Text("again"));
    }

    private static PageId[] Pages(int count) => [.. Enumerable.Range(0, count).Select(i => PageId.Parse($"{i}"))];

    private static async Task<List<StoreUnavailableException>> FaultsAsync(IEnumerable<Task> appending)
    {
        var faults = new List<StoreUnavailableException>();
        foreach (var append in appending.ToList())
        {
            faults.Add(await Assert.ThrowsAsync<StoreUnavailableException>(() => append.BoundedAsync()));
        }

        return faults;
    }
}
