using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>A Redis that is paused, killed, full, cut off: what callers are told, and that it comes back by itself.</summary>
public sealed class RedisErrorTests() : OwnRedisTests("--appendonly", "yes", "--appendfsync", "always")
{
    private static readonly PageId _home = PageId.Parse("home");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redis_that_is_gone_is_told_at_once_and_goes_on_when_it_is_back()
    {
        var first = await Engine.Log.AppendAsync(_home, Drafts.Text("a", key: "k"));
        Server.Kill();
        await Wait.UntilAsync(async () => await FaultAsync() is { OutcomeUnknown: false }, "the loss is noticed");

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.ReadAsync(_home, first.Id, 10, Ct));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.HeadAsync(_home, Ct));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));

        await Server.StartAgainAsync();
        await Wait.UntilAsync(async () => await FaultAsync() is null, "publishing goes on");
        Assert.Equal(PublishResult.Repeated(first.Id), await Engine.Log.AppendAsync(_home, Drafts.Text("a", key: "k")));
        await Engine.Log.CheckAsync(Ct);
    }

    [Fact]
    public async Task A_link_cut_after_the_script_was_sent_leaves_the_outcome_unknown_and_a_key_makes_it_known()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        Server.Pause();
        var appending = Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k"));
        await Wait.UntilAsync(() => Server.HasUnread(), "the script has been sent");
        Server.Kill();

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => appending);
        Assert.True(error.OutcomeUnknown);

        await Server.StartAgainAsync();
        PublishResult? answer = null;
        await Wait.UntilAsync(async () => (answer = await TryAppendAsync("k")) is not null, "publishing goes on");
        Assert.Equal(2, answer!.Value.Id.Sequence);
        Assert.Equal(2, (await Engine.Log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_redis_that_does_not_answer_does_not_hold_readers_up()
    {
        Server.Pause();
        var head = Engine.Log.HeadAsync(_home, Ct).AsTask();
        var block = Engine.Log.ReadAsync(_home, UpdateId.None, 10, Ct).AsTask();
        Engine.Time.Advance(TimeSpan.FromSeconds(1.5));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => head.BoundedAsync());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => block.BoundedAsync());
        Server.Resume();
        await Engine.Log.HeadAsync(_home, Ct);
    }

    [Fact]
    public async Task A_full_redis_refuses_writes_whole_and_still_gives_readings()
    {
        var first = await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Engine.Log.AppendAsync(_home, Drafts.Text("b")));
        Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
        Assert.False(error.OutcomeUnknown);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));
        Assert.Equal(new PageHead(first.Id, 1), await Engine.Log.HeadAsync(_home, Ct));

        await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(2, (await Engine.Log.AppendAsync(_home, Drafts.Text("b"))).Id.Sequence);
    }

    [Fact]
    public async Task A_redis_that_stops_half_way_through_a_publish_leaves_the_outcome_unknown()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Server.CliAsync("ACL", "SETUSER", "default", "resetchannels");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k")));
        Assert.True(error.OutcomeUnknown);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Engine.Log.CheckAsync(Ct));

        await Server.CliAsync("ACL", "SETUSER", "default", "allchannels");
        Assert.Equal(2, (await Engine.Log.AppendAsync(_home, Drafts.Text("b", key: "k"))).Id.Sequence);
        Assert.Equal(2, (await Engine.Log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_cut_subscription_comes_back_and_its_listeners_are_told_that_something_may_be_lost()
    {
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        await Server.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await Wait.UntilAsync(() => listener.Interruptions > 0, "the interruption is told");
        await Engine.Log.AppendAsync(_home, Drafts.Text("heard again"));

        await listener.HeardAsync("heard again");
    }

    [Fact]
    public async Task Leaving_while_redis_is_away_fails_nothing()
    {
        var subscription = await Engine.Bus.SubscribeAsync(_home, new RecordingListener(), Ct);
        await using var other = await Engine.Bus.SubscribeAsync(PageId.Parse("other"), new RecordingListener(), Ct);
        Server.Kill();
        await Wait.UntilAsync(async () => await FaultAsync() is { OutcomeUnknown: false }, "the loss is noticed");

        await subscription.DisposeAsync();
        await Server.StartAgainAsync();
        await Wait.UntilAsync(async () => await SubscribersAsync("other") == "1", "what is still listened to is subscribed again");
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

    private async Task<StoreUnavailableException?> FaultAsync()
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
