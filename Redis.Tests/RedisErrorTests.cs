using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>
/// What callers receive while Redis is paused, killed, full or disconnected, and that the engine recovers by itself.
/// </summary>
public sealed class RedisErrorTests() : OwnRedisTests("--appendonly", "yes", "--appendfsync", "always")
{
    private static readonly PageId _home = PageId.Parse("home");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_redis_fails_calls_at_once_and_appends_continue_when_it_is_back()
    {
        var first = await Engine.Log.AppendAsync(_home, Drafts.Text("a", key: "k"));
        Server.Kill();
        await Wait.UntilAsync(async () => await FindErrorAsync() is { OutcomeUnknown: false }, "the loss is detected");

        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await Engine.Log.ReadAsync(_home, first.Id, 10, Ct));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.HeadAsync(_home, Ct));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));

        await Server.StartAgainAsync();
        await Wait.UntilAsync(async () => await FindErrorAsync() is null, "publishing continues");
        var again = await Engine.Log.AppendAsync(_home, Drafts.Text("a", key: "k"));
        Assert.Equal(PublishResult.Repeated(first.Id), again);
        await Engine.Log.CheckAsync(Ct);
    }

    [Fact]
    public async Task A_connection_lost_after_the_script_was_sent_leaves_the_outcome_unknown()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        Server.Pause();
        var appending = Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k"));
        await Wait.UntilAsync(() => Server.HasUnread(), "the script has been sent");
        Server.Kill();

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => appending);
        Assert.True(error.OutcomeUnknown);

        await Server.StartAgainAsync();
        PublishResult? published = null;
        await Wait.UntilAsync(async () => (published = await TryAppendAsync("k")) is not null, "publishing continues");
        Assert.Equal(2, published!.Value.Id.Sequence);
        Assert.Equal(2, (await Engine.Log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_redis_that_does_not_respond_does_not_block_readers()
    {
        Server.Pause();
        var log = new BoundedReadLog(Engine.Log, Engine.Time);
        var head = log.HeadAsync(_home, Ct).AsTask();
        var block = log.ReadAsync(_home, UpdateId.None, 10, Ct).AsTask();
        Engine.Time.Advance(TimeSpan.FromSeconds(1.5));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => head.BoundedAsync());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => block.BoundedAsync());
        Server.Resume();
        await log.HeadAsync(_home, Ct);
    }

    [Fact]
    public async Task A_full_redis_refuses_appends_and_still_serves_reads()
    {
        var first = await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Engine.Log.AppendAsync(_home, Drafts.Text("b")));
        Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
        Assert.False(error.OutcomeUnknown);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));
        Assert.Equal(new PageHead(first.Id, 1), await Engine.Log.HeadAsync(_home, Ct));

        await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(2, (await Engine.Log.AppendAsync(_home, Drafts.Text("b"))).Id.Sequence);
    }

    [Fact]
    public async Task A_script_that_fails_half_way_leaves_the_outcome_unknown()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Server.CliAsync("ACL", "SETUSER", "default", "resetchannels");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k")));
        Assert.True(error.OutcomeUnknown);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));

        await Server.CliAsync("ACL", "SETUSER", "default", "allchannels");
        Assert.Equal(2, (await Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k"))).Id.Sequence);
        Assert.Equal(2, (await Engine.Log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_lost_subscription_is_restored_and_its_listeners_are_notified_of_the_interruption()
    {
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        await Server.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await Wait.UntilAsync(() => listener.Interruptions > 0, "the listener is notified of the interruption");
        await Engine.Log.AppendAsync(_home, Drafts.Text("received again"));

        await listener.AssertReceivedAsync("received again");
    }

    [Fact]
    public async Task A_listener_can_unsubscribe_while_redis_is_unavailable()
    {
        var subscription = await Engine.Bus.SubscribeAsync(_home, new RecordingListener(), Ct);
        await using var other = await Engine.Bus.SubscribeAsync(PageId.Parse("other"), new RecordingListener(), Ct);
        Server.Kill();
        await Wait.UntilAsync(async () => await FindErrorAsync() is { OutcomeUnknown: false }, "the loss is detected");

        await subscription.DisposeAsync();
        await Server.StartAgainAsync();
        await Wait.UntilAsync(
            async () => await SubscribersAsync("other") == "1", "the channel that is still needed is subscribed again");
        Assert.Equal("0", await SubscribersAsync("home"));

        async Task<string> SubscribersAsync(string page) =>
            (await Server.CliAsync("PUBSUB", "NUMSUB", $"livestreams:{{{page}}}")).Split('\n')[1];
    }

    private async Task<PublishResult?> TryAppendAsync(string? key = null)
    {
        try
        {
            return await Engine.Log.AppendAsync(_home, Drafts.Text("b", key: key));
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task<StoreUnavailableException?> FindErrorAsync()
    {
        try
        {
            await Engine.Log.CheckAsync(Ct);
            return null;
        }
        catch (StoreUnavailableException exception)
        {
            return exception;
        }
    }
}
