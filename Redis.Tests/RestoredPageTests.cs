using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>
/// A page that Redis has restored from an older state begins a new epoch. A position continues after the last update
/// that it shares with it.
/// </summary>
public abstract class RestoredPageTests : IAsyncLifetime
{
    private static readonly PageId _home = PageId.Parse("home");
    private static readonly string[] _keys = ["meta", "log", "posts"];
    private readonly HistoryOptions _history = new() { MaxUpdates = 20 };
    private readonly string _prefix = $"{Guid.NewGuid()}:";
    private readonly List<Engine> _engines = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract string Connection { get; }

    private IPageLog Log => _engines[0].Log;

    public async ValueTask InitializeAsync() => await OpenAsync();

    public ValueTask DisposeAsync()
    {
        _engines.ForEach(engine => engine.Dispose());
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_position_continues_after_the_last_update_that_it_shares_with_the_new_epoch()
    {
        var old = await PublishAndGoBackAsync(kept: 5, lost: 5);

        var head = (await Log.HeadAsync(_home, Ct)).Head;

        Assert.NotEqual(old.Epoch, head.Epoch);
        Assert.Equal(5, head.Sequence);
        await AssertContinuesAsync(old.Before(11), head);
        await AssertContinuesAsync(old.Before(6), head);
        await AssertContinuesAsync(old.Before(4), head.Before(4));
        await AssertContinuesAsync(old.Before(1), head.Before(1));
        await AssertContinuesAsync(new UpdateId(7, 3), head);
        Assert.Equal(["new"], await PublishAndReadAsync("new", after: head));
        await AssertContinuesAsync(old.Before(11), head);
    }

    [Fact]
    public async Task A_position_whose_next_updates_are_trimmed_continues_with_the_oldest_kept()
    {
        var old = await PublishAndGoBackAsync(kept: 5, lost: 5);
        UpdateDraft[] drafts = [.. Enumerable.Range(6, 22).Select(n => Drafts.Text($"{n}"))];
        var head = (await Log.AppendAsync(_home, drafts, Ct))[^1].Id;

        await AssertContinuesAsync(old.Before(4), head.Before(8));
        await AssertContinuesAsync(old.Before(11), head.Before(8));
    }

    [Fact]
    public async Task A_page_that_goes_back_to_the_same_state_again_reuses_no_id()
    {
        var old = await PublishAndGoBackAsync(kept: 5, lost: 3);
        var second = (await Log.AppendAsync(_home, Drafts.Text("second"))).Id;
        await RestoreAsync();
        var third = (await Log.AppendAsync(_home, Drafts.Text("third"))).Id;
        await RestoreAsync();
        var fourth = (await Log.AppendAsync(_home, Drafts.Text("fourth"))).Id;

        UpdateId[] ids = [old, second, third, fourth];
        Assert.Equal(4, ids.Select(id => id.Epoch).Distinct().Count());
        Assert.All(ids[1..], id => Assert.Equal(6, id.Sequence));
        await AssertContinuesAsync(third, fourth.Before(6));
        await AssertContinuesAsync(second, fourth.Before(6));
        await AssertContinuesAsync(old.Before(4), fourth.Before(4));
        Assert.Equal("fourth", Assert.Single(await Log.ReadAllAsync(_home, fourth.Before(6))).Text());
    }

    [Fact]
    public async Task Processes_that_publish_at_the_same_time_continue_in_one_new_epoch()
    {
        var other = await OpenAsync();
        var listener = new RecordingListener();
        await using var subscription = await other.Bus.SubscribeAsync(_home, listener, Ct);
        var old = await PublishAndGoBackAsync(kept: 5, lost: 5);
        await Wait.UntilAsync(() => listener.Received.Count == 10, "the other process has seen every update");

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
            (await _engines[n % 2].Log.AppendAsync(_home, Drafts.Text($"{n}"))).Id));

        Assert.NotEqual(old.Epoch, Assert.Single(ids.Select(id => id.Epoch).Distinct()));
        Assert.Equal(Enumerable.Range(6, 40).Select(n => (long)n), ids.Select(id => id.Sequence).Order());
        await Wait.UntilAsync(() => listener.Received.Count == 50, "every announcement");
        Assert.Equal(ids.OrderBy(id => id.Sequence), listener.Received.Skip(10).Select(update => update.Id));
    }

    [Fact]
    public async Task A_snapshot_of_the_posts_is_of_the_new_epoch_too()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1"]));
        await SaveAsync();
        var lost = await Log.AppendAsync(_home, Drafts.Posts(["a=2"]));
        await RestoreAsync();

        var posts = await Log.PostsAsync(_home, Ct);

        Assert.Equal("a=1", Assert.Single(posts.Posts).Text());
        Assert.Equal(posts.Page, await Log.HeadAsync(_home, Ct));
        Assert.Equal(lost.Id.Before(2), posts.Page.EpochStart);
    }

    private protected abstract Task<string> CliAsync(params string[] command);

    private async Task<Engine> OpenAsync()
    {
        var engine = await RedisEngine.OpenAsync(
            new RedisOptions { Connection = Connection, Prefix = _prefix }, _history);
        _engines.Add(engine);
        return engine;
    }

    // Returns the newest id, which is lost.
    private async Task<UpdateId> PublishAndGoBackAsync(int kept, int lost)
    {
        await Log.AppendAsync(_home, [.. Enumerable.Range(1, kept).Select(n => Drafts.Text($"{n}"))], Ct);
        await SaveAsync();
        var newest = await Log.AppendAsync(
            _home, [.. Enumerable.Range(kept + 1, lost).Select(n => Drafts.Text($"{n}"))], Ct);
        await RestoreAsync();
        return newest[^1].Id;
    }

    private async Task SaveAsync()
    {
        foreach (var key in _keys)
        {
            await CliAsync("COPY", KeyOf(key), KeyOf($"{key}:saved"), "REPLACE");
        }
    }

    private async Task RestoreAsync()
    {
        foreach (var key in _keys)
        {
            await CliAsync("COPY", KeyOf($"{key}:saved"), KeyOf(key), "REPLACE");
        }
    }

    private string KeyOf(string name) => $"{_prefix}{{home}}:{name}";

    private async Task AssertContinuesAsync(UpdateId position, UpdateId from) => Assert.Equal(
        new PageReset(ResetReason.Epoch, from, Missed: null),
        (await Log.ReadAsync(_home, position, 10, Ct)).Reset);

    private async Task<IEnumerable<string>> PublishAndReadAsync(string data, UpdateId after)
    {
        await Log.AppendAsync(_home, Drafts.Text(data));
        return (await Log.ReadAllAsync(_home, after)).Select(update => update.Text());
    }
}

public sealed class RestoredPageOnOneRedisTests(SharedRedis redis) : RestoredPageTests, IClassFixture<SharedRedis>
{
    private protected override string Connection => redis.Server.Connection;

    private protected override Task<string> CliAsync(params string[] command) => redis.Server.CliAsync(command);
}

public sealed class RestoredPageInARedisClusterTests(RedisCluster cluster)
    : RestoredPageTests, IClassFixture<RedisCluster>
{
    private protected override string Connection => cluster.Connection;

    private protected override Task<string> CliAsync(params string[] command) => cluster.CliAsync(command);
}
