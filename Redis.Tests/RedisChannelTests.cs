using System.Diagnostics;
using System.Diagnostics.Metrics;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The channels of a page: the messages that LiveStreams publishes, and those of other programs.</summary>
public sealed class RedisChannelTests(SharedRedis redis) : IAsyncLifetime, IClassFixture<SharedRedis>
{
    private static readonly PageId _home = PageId.Parse("home");
    private readonly string _prefix = $"{Guid.NewGuid()}:";
    private Engine? _engine;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RedisServer Server => redis.Server;

    private Engine Engine => _engine!;

    private string Channel => $"{_prefix}{{home}}";

    public async ValueTask InitializeAsync() => _engine = await RedisEngine.OpenAsync(
        new RedisOptions
        {
            Connection = Server.Connection,
            Prefix = _prefix,
            ForeignChannels = "group_{page}, {page}",
        },
        new HistoryOptions());

    public ValueTask DisposeAsync()
    {
        Engine.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_channel_carries_each_update_as_one_line_of_plain_json()
    {
        using var subscriber = Server.StartCli("SUBSCRIBE", Channel);
        await NextLinesAsync(subscriber, 3);

        var id = (await Engine.Log.AppendAsync(_home, Drafts.Text("a \"b\"\nc ✓", name: "score"))).Id;
        await Engine.Log.AppendAsync(_home, Drafts.Text("live", keep: false));

        var message = (await NextLinesAsync(subscriber, 3))[2];
        Assert.Equal($$"""{"id":"{{id}}","event":"score","data":"a \"b\"\nc ✓"}""", message);
        Assert.Equal("""{"id":null,"event":null,"data":"live"}""", (await NextLinesAsync(subscriber, 3))[2]);
        subscriber.Kill();
    }

    [Fact]
    public async Task The_span_of_a_publish_is_in_the_announcement_and_not_in_the_log()
    {
        const string Span = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var subscriber = Server.StartCli("SUBSCRIBE", Channel);
        await NextLinesAsync(subscriber, 3);

        var id = (await Engine.Log.AppendAsync(_home, Drafts.Text("x") with { TraceParent = Span })).Id;

        Assert.Equal(
            $$"""{"id":"{{id}}","event":null,"data":"x","trace":"{{Span}}"}""",
            (await NextLinesAsync(subscriber, 3))[2]);
        Assert.DoesNotContain(
            "trace", await Server.CliAsync("XRANGE", $"{Channel}:log", "-", "+"), StringComparison.Ordinal);
        subscriber.Kill();
    }

    [Fact]
    public async Task What_a_newer_version_adds_to_an_announcement_is_ignored()
    {
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        await Server.CliAsync("PUBLISH", Channel, """{"id":null,"event":"e","data":"x","more":"y","trace":"z"}""");

        await listener.AssertReceivedAsync("x");
        Assert.Equal(("e", null), (listener.Received[0].Event, listener.Received[0].TraceParent));
    }

    [Fact]
    public async Task Messages_of_other_programs_on_the_channels_of_a_page_are_live_only_updates()
    {
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);
        string[] messages =
        [
            "Is this thing on?",
            """{"renders":{},"removals":["1"]}""",
            "{\"id\":",
            """{"id":"not an id","event":null,"data":"x"}""",
            """{"id":null,"event":"a\nid: 7","data":"x"}""",
            """{"id":null,"event":null,"data":"\ud800"}""",
            """{"id":null,"event":"reset","data":"x"}""",
            """{"id":null,"event":null,"data":7}""",
        ];

        foreach (var message in messages)
        {
            await Server.CliAsync("PUBLISH", Channel, message);
        }

        await Server.CliAsync("PUBLISH", "group_home", """{"id":null,"event":"x","data":"not ours"}""");
        await Server.CliAsync("PUBLISH", "home", "plain");
        await listener.AssertReceivedAsync([.. messages, """{"id":null,"event":"x","data":"not ours"}""", "plain"]);
        Assert.All(listener.Received, update => Assert.True(update is { IsLiveOnly: true, Event: null }));
    }

    [Fact]
    public async Task Messages_that_are_too_large_or_not_utf8_are_dropped_and_counted()
    {
        var dropped = new List<string>();
        using var meter = RecordDropped(dropped);
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        var tooLarge = new string('x', RedisEngine.MaxForeignBytes + 1);
        await PublishAsync(tooLarge);
        await PublishAsync($$"""{"id":null,"event":null,"data":"{{tooLarge}}"}""");
        await PublishBytesAsync("string.char(255)");
        await PublishBytesAsync("""'{"id":null,"event":null,"data":"' .. string.char(255) .. '"}'""");
        await PublishAsync(new string('x', RedisEngine.MaxForeignBytes));

        await listener.AssertReceivedAsync(new string('x', RedisEngine.MaxForeignBytes));
        Assert.Equal(["oversized", "oversized", "malformed", "malformed"], dropped);

        Task PublishAsync(string message) => Server.CliAsync("PUBLISH", Channel, message);

        // redis-cli cannot be given bytes that are no text.
        Task PublishBytesAsync(string expression) =>
            Server.CliAsync("EVAL", $"return redis.call('PUBLISH', ARGV[1], {expression})", "0", Channel);
    }

    [Fact]
    public async Task An_announcement_that_is_larger_than_any_of_this_server_is_dropped_and_the_log_is_asked()
    {
        var dropped = new List<string>();
        using var meter = RecordDropped(dropped);
        var id = (await Engine.Log.AppendAsync(_home, Drafts.Text("first"))).Id;
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        var large = new string('x', (6 * RedisEngine.MaxForeignBytes) + 3000);
        await Server.CliAsync("PUBLISH", Channel, $$"""{"id":"{{id.Before(3)}}","event":null,"data":"{{large}}"}""");
        await Wait.UntilAsync(() => listener.Interruptions == 1, "the listener compares its head with the log's");

        // In JSON the largest update of this server is six times as large.
        var longest = new string('\u0001', RedisEngine.MaxForeignBytes);
        await Engine.Log.AppendAsync(_home, Drafts.Text(longest, name: new string('✓', EventName.MaxLength)));
        await listener.AssertReceivedAsync(longest);
        Assert.Equal(["oversized"], dropped);
    }

    [Fact]
    public async Task An_id_that_another_program_has_announced_begins_no_new_epoch()
    {
        var id = (await Engine.Log.AppendAsync(_home, Drafts.Text("first"))).Id;
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(_home, listener, Ct);

        await Server.CliAsync("PUBLISH", Channel, $$"""{"id":"{{id.Before(1001)}}","event":null,"data":"far"}""");
        await listener.AssertReceivedAsync("far");

        Assert.Equal(id, (await Engine.Log.HeadAsync(_home, Ct)).Head);
    }

    [Fact]
    public async Task A_channel_is_subscribed_only_while_a_listener_needs_it()
    {
        var subscription = await Engine.Bus.SubscribeAsync(_home, new RecordingListener(), Ct);
        Assert.Equal("1", await SubscribersAsync());

        await subscription.DisposeAsync();
        await Wait.UntilAsync(async () => await SubscribersAsync() == "0", "the channel is unsubscribed");

        async Task<string> SubscribersAsync() => (await Server.CliAsync("PUBSUB", "NUMSUB", Channel)).Split('\n')[1];
    }

    private static MeterListener RecordDropped(List<string> reasons)
    {
        var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "livestreams.foreign.dropped")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meter.SetMeasurementEventCallback<long>((_, _, tags, _) => reasons.Add($"{tags[0].Value}"));
        meter.Start();
        return meter;
    }

    private static async Task<string[]> NextLinesAsync(Process process, int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            lines[i] = (await process.StandardOutput.ReadLineAsync(Ct).AsTask().BoundedAsync())!;
        }

        return lines;
    }
}
