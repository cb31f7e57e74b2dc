using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>Pages whose keys in Redis were deleted, evicted, overwritten or restored from an older state.</summary>
public sealed class DamagedPageTests(SharedRedis redis) : IAsyncLifetime, IClassFixture<SharedRedis>
{
    private static readonly PageId _home = PageId.Parse("home");
    private readonly string _prefix = $"{Guid.NewGuid()}:";
    private Engine? _engine;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RedisServer Server => redis.Server;

    private IPageLog Log => _engine!.Log;

    public async ValueTask InitializeAsync() => _engine = await RedisEngine.OpenAsync(
        new RedisOptions { Connection = Server.Connection, Prefix = _prefix }, new HistoryOptions());

    public ValueTask DisposeAsync()
    {
        _engine!.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_page_whose_meta_key_is_gone_starts_without_posts()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1"]));
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:meta");
        Assert.Empty(await Log.PostsOfAsync(_home));

        await Log.AppendAsync(_home, Drafts.Posts(["b=1"]));
        Assert.Equal(["b=1"], await Log.PostsOfAsync(_home));
    }

    [Fact]
    public async Task A_post_that_another_program_has_overwritten_gives_an_error()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1"]));
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:posts", "a", "overwritten");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.PostsOfAsync(_home));
        Assert.Contains("was not written by LiveStreams", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_whose_meta_key_is_gone_starts_a_new_epoch_without_old_history()
    {
        var before = await Log.AppendAsync(_home, Drafts.Text("old"));
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:meta");

        Assert.Equal(PageHead.Empty, await Log.HeadAsync(_home, Ct));
        var after = await Log.AppendAsync(_home, Drafts.Text("new"));

        Assert.NotEqual(before.Id.Epoch, after.Id.Epoch);
        Assert.Equal(ResetReason.Epoch, (await Log.ReadAsync(_home, before.Id, 10, Ct)).Reset?.Reason);
        Assert.Equal("new", Assert.Single(await Log.ReadAllAsync(_home, UpdateId.None)).Text());
    }

    [Fact]
    public async Task Evicted_or_deleted_history_is_reported_as_trimmed()
    {
        var results = await Log.AppendAsync(_home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);
        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "3-0");

        var block = await Log.ReadAsync(_home, results[0].Id.Before(1), 10, Ct);
        Assert.Equal(["1", "2"], block.Updates.Select(update => update.Text()));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(_home, results[1].Id, 10, Ct)).Reset?.Reason);
        Assert.Equal(["4", "5"], (await Log.ReadAllAsync(_home, results[2].Id)).Select(update => update.Text()));

        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "5-0");
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(_home, results[3].Id, 10, Ct)).Reset?.Reason);
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:log");
        Assert.Equal(new PageHead(results[4].Id, 6), await Log.HeadAsync(_home, Ct));
        Assert.Equal(6, (await Log.AppendAsync(_home, Drafts.Text("6"))).Id.Sequence);
    }

    [Fact]
    public async Task A_read_before_an_update_ends_at_one_that_was_deleted_and_is_not_full()
    {
        var results = await Log.AppendAsync(_home, [.. Enumerable.Range(1, 6).Select(n => Drafts.Text($"{n}"))], Ct);
        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "3-0");

        var block = await Log.ReadBeforeAsync(_home, results[5].Id, 10, Ct);
        Assert.Equal(["4", "5"], block.Updates.Select(update => update.Text()));
        Assert.False(block.IsFull);
        Assert.Empty((await Log.ReadBeforeAsync(_home, results[3].Id, 10, Ct)).Updates);
        Assert.False((await Log.ReadAsync(_home, results[0].Id, 10, Ct)).IsFull);
    }

    [Theory]
    [InlineData("2-0", "some", "thing")]
    [InlineData("2-0", "time", "late", "update", "{}")]
    [InlineData("2-0", "time", "1767225600000", "update", """{"event":null,"data":"\ud800"}""")]
    public async Task Stream_entries_of_other_programs_are_reported_as_trimmed(params string[] entry)
    {
        var first = (await Log.AppendAsync(_home, Drafts.Text("1"))).Id;
        await Server.CliAsync(["XADD", $"{_prefix}{{home}}:log", .. entry]);
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "2");

        Assert.Equal("1", Assert.Single((await Log.ReadAsync(_home, first.Before(1), 10, Ct)).Updates).Text());
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(_home, first, 10, Ct)).Reset?.Reason);
        Assert.Equal(3, (await Log.AppendAsync(_home, Drafts.Text("3"))).Id.Sequence);
    }

    [Fact]
    public async Task A_page_whose_epoch_another_program_has_overwritten_gives_an_error()
    {
        await Log.AppendAsync(_home, Drafts.Text("1"));
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "epoch", "overwritten");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.HeadAsync(_home, Ct));
        Assert.Contains("another program has written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_restored_from_an_older_state_starts_a_new_epoch_with_what_is_left()
    {
        var before = (await Log.AppendAsync(_home, [Drafts.Text("kept"), Drafts.Text("lost")], Ct))[1].Id;
        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "2-0");
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "1");

        var head = await Log.HeadAsync(_home, Ct);

        Assert.NotEqual(before.Epoch, head.Head.Epoch);
        Assert.Equal(1, head.Head.Sequence);
        Assert.Equal("kept", Assert.Single(await Log.ReadAllAsync(_home, head.Earliest)).Text());
        Assert.Equal(
            new PageReset(ResetReason.Epoch, head.Head, Missed: null),
            (await Log.ReadAsync(_home, before, 10, Ct)).Reset);
    }

    [Fact]
    public async Task A_publish_to_a_page_restored_from_an_older_state_reuses_no_id()
    {
        var before = (await Log.AppendAsync(_home, [Drafts.Text("kept"), Drafts.Text("lost")], Ct))[1].Id;
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "1");
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:log");

        var after = (await Log.AppendAsync(_home, Drafts.Text("new"))).Id;

        Assert.Equal(2, after.Sequence);
        Assert.NotEqual(before.Epoch, after.Epoch);
    }
}
