using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>Announcements in a Redis Cluster with sharded Pub/Sub.</summary>
public sealed class ShardedChannelTests(RedisCluster cluster) : IClassFixture<RedisCluster>, IAsyncLifetime
{
    private const int Updates = 50;

    private static readonly PageId _home = PageId.Parse("home");
    private readonly RecordingListener _listener = new();
    private readonly string _prefix = $"{Guid.NewGuid()}:";
    private Engine? _engine;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Engine Engine => _engine!;

    private string Channel => $"{_prefix}{{home}}";

    public async ValueTask InitializeAsync() => _engine = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        Engine.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_announcement_goes_to_no_node_that_does_not_own_the_page()
    {
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, _listener, Ct);
        var before = await cluster.BusMessagesAsync("publish");

        await AppendAsync(Engine, Updates);

        await _listener.AssertReceivedAsync(Expected(Updates));
        Assert.Equal(before, await cluster.BusMessagesAsync("publish"));
    }

    [Fact]
    public async Task Processes_with_and_without_sharded_announcements_hear_each_other()
    {
        using var unsharded = await OpenAsync(sharded: false);
        var other = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, _listener, Ct);
        await using var otherSubscription = await unsharded.Bus.SubscribeAsync(_home, other, Ct);
        var before = await cluster.BusMessagesAsync("publish");

        await AppendAsync(Engine, Updates);
        await other.AssertReceivedAsync(Expected(Updates));
        await AppendAsync(unsharded, Updates);

        await _listener.AssertReceivedAsync([.. Expected(Updates), .. Expected(Updates)]);
        Assert.Equal(before + (Updates * (cluster.Nodes.Count - 1)), await cluster.BusMessagesAsync("publish"));
    }

    [Fact]
    public async Task A_user_that_may_not_subscribe_to_sharded_channels_stops_the_start()
    {
        foreach (var node in cluster.Nodes)
        {
            await node.CliAsync("ACL", "SETUSER", "livestreams", "on", ">sesame", "~*", "&*", "+@all", "-ssubscribe");
        }

        var options = new RedisOptions { Connection = $"{cluster.Connection},user=livestreams,password=sesame" };
        var error = await Assert.ThrowsAsync<RedisStartException>(
            () => RedisEngine.OpenAsync(options, new HistoryOptions()));

        Assert.Contains("cannot be used: SSUBSCRIBE fails: NOPERM", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_programs_may_publish_and_spublish()
    {
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, _listener, Ct);

        await cluster.CliAsync("PUBLISH", Channel, "published");
        await _listener.AssertReceivedAsync("published");
        await cluster.CliAsync("SPUBLISH", Channel, "spublished");
        await _listener.AssertReceivedAsync("published", "spublished");
        await cluster.CliAsync("PUBLISH", "group_home", "foreign");
        await _listener.AssertReceivedAsync("published", "spublished", "foreign");
    }

    [Fact]
    public async Task A_subscription_follows_its_slot_to_another_node_and_the_listener_is_notified()
    {
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, _listener, Ct);
        await AppendAsync(Engine, 1);
        var slot = await cluster.SlotOfAsync(Channel);
        var source = await cluster.OwnerOfAsync(slot);
        var target = cluster.Nodes.First(node => node != source);

        var interruptions = _listener.Interruptions;
        await cluster.MigrateAsync(slot, source, target);
        await Wait.UntilAsync(
            async () => await target.CliAsync("PUBSUB", "SHARDNUMSUB", Channel) == $"{Channel}\n1",
            "the channel is subscribed on the slot's new node");
        await Wait.UntilAsync(
            () =>
            {
                Engine.Time.Advance(TimeSpan.FromSeconds(1));
                return _listener.Interruptions > interruptions;
            },
            "the listener compares its head with the log's");

        await AppendAsync(Engine, Updates);
        await _listener.AssertReceivedAsync([.. Expected(1), .. Expected(Updates)]);
        await cluster.MigrateAsync(slot, target, source);
    }

    [Fact]
    public async Task Both_kinds_of_channels_are_subscribed_only_while_a_listener_needs_them()
    {
        var subscription = await Engine.Bus.SubscribeAsync(_home, _listener, Ct);
        Assert.Equal((1, 1), (await CountAsync("NUMSUB"), await CountAsync("SHARDNUMSUB")));

        await subscription.DisposeAsync();
        await Wait.UntilAsync(
            async () => await CountAsync("NUMSUB") == 0 && await CountAsync("SHARDNUMSUB") == 0,
            "the channels are unsubscribed");

        async Task<int> CountAsync(string kind)
        {
            var counts = await Task.WhenAll(cluster.Nodes.Select(node => node.CliAsync("PUBSUB", kind, Channel)));
            return counts.Count(count => count.EndsWith("\n1", StringComparison.Ordinal));
        }
    }

    private static string[] Expected(int updates) => [.. Enumerable.Range(0, updates).Select(n => $"{n}")];

    private static async Task AppendAsync(Engine engine, int updates)
    {
        for (var n = 0; n < updates; n++)
        {
            await engine.Log.AppendAsync(_home, Drafts.Text($"{n}"));
        }
    }

    private Task<Engine> OpenAsync(bool sharded = true) => RedisEngine.OpenAsync(
        new RedisOptions
        {
            Connection = cluster.Connection,
            Prefix = _prefix,
            ForeignChannels = "group_{page}",
            ShardedAnnouncements = sharded,
        },
        new HistoryOptions());
}
