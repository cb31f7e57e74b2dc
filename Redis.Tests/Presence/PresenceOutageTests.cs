using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Reports that are lost, refused or forged, and how many there are.</summary>
public sealed class PresenceOutageTests : IAsyncLifetime
{
    private const string Channel = "livestreams:presence";

    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync()
    {
        _redis.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task While_redis_is_away_the_last_known_counts_stay_and_then_they_are_right_again()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        b.Set("home", 3);
        b.Set("away", 1);
        await Wait.UntilAsync(() => a.CountElsewhere("away") == 1, "a knows b's streams");

        _redis.Kill();
        b.Set("home", 5);
        b.Set("away", 0);
        Assert.Equal(3, a.CountElsewhere("home"));
        await _redis.StartAgainAsync();

        await Wait.UntilAsync(
            () => (a.CountElsewhere("home"), a.CountElsewhere("away")) == (5, 0), "a knows what has changed");
    }

    [Fact]
    public async Task Reports_that_are_lost_while_a_subscription_is_cut_are_made_up_for()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        b.Set("home", 3);
        await Wait.UntilAsync(() => a.CountElsewhere("home") == 3, "a knows b's streams");

        for (var n = 0; n < 5; n++)
        {
            b.Set("home", 10 + n);
            b.Set($"page {n}", 1);
            await _redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
        }

        await Wait.UntilAsync(
            () => a.CountElsewhere("home") == 14
                && Enumerable.Range(0, 5).All(n => a.CountElsewhere($"page {n}") == 1),
            "a knows all that has changed");
    }

    [Fact]
    public async Task A_node_publishes_once_a_second_whatever_changes_and_every_five_seconds_if_nothing_does()
    {
        var time = new FakeTimeProvider();
        var received = 0;
        using var listener = await ConnectionMultiplexer.ConnectAsync(_redis.Connection);
        await listener.GetSubscriber().SubscribeAsync(
            RedisChannel.Literal(Channel), (_, _) => Interlocked.Increment(ref received));
        await using var node = await StartAsync(time);
        await AssertReceivedAsync(1);

        node.Set(Enumerable.Range(0, 5_000).Select(n => $"page {n}"), 1);
        await AdvanceAsync();
        await AssertReceivedAsync(2);

        for (var second = 0; second < 20; second++)
        {
            await AdvanceAsync();
        }

        await AssertReceivedAsync(6);

        Task AssertReceivedAsync(int reports) =>
            Wait.UntilAsync(() => Volatile.Read(ref received) == reports, $"{reports} reports are published");

        // A call that Redis answers after those of the node.
        async Task AdvanceAsync()
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Wait.PauseAsync();
        }
    }

    [Fact]
    public async Task A_message_of_another_program_is_ignored_and_logged_once()
    {
        var log = new RecordedLog();
        await using var a = await PresenceNode.StartAsync(Options(), TimeProvider.System, log);
        await using var b = await StartAsync();
        b.Set("home", 3);

        foreach (var message in new[] { "hello", "{}", """{"node":"x","sequence":1,"pages":{"home":-1}}""" })
        {
            await _redis.CliAsync("PUBLISH", Channel, message);
        }

        await Wait.UntilAsync(() => a.CountElsewhere("home") == 3, "a counts b's streams and no others");
        Assert.Equal(1, log.Messages.Count(message => message.Contains(Channel, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refused_report_is_logged_once_and_then_that_reports_are_accepted_again()
    {
        var log = new RecordedLog();
        await _redis.CliAsync("ACL", "SETUSER", "livestreams", "on", ">sesame", "~*", "&*", "+@all");
        var user = Options(",user=livestreams,password=sesame");
        await using var a = await PresenceNode.StartAsync(user, TimeProvider.System, log);
        await using var b = await StartAsync();

        await _redis.CliAsync("ACL", "SETUSER", "livestreams", "-publish");
        a.Set("home", 3);
        await Wait.UntilAsync(() => log.Messages.Count == 1, "the refusal is logged");
        await _redis.CliAsync("ACL", "SETUSER", "livestreams", "+publish");
        await Wait.UntilAsync(() => b.CountElsewhere("home") == 3, "b knows a's streams");

        await Wait.UntilAsync(() => log.Messages.Count == 2, "it is logged that reports are accepted");
        Assert.Equal("The streams of other nodes are counted again.", log.Messages.Last());
    }

    private RedisOptions Options(string options = "") => new() { Connection = _redis.Connection + options };

    private Task<PresenceNode> StartAsync(TimeProvider? time = null) =>
        PresenceNode.StartAsync(Options(), time ?? TimeProvider.System);
}
