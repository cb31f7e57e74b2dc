using System.Text.Json;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The contract, and what people who look with redis-cli, and other programs, may count on.</summary>
public sealed class RedisEngineTests(SharedRedis redis) : EngineContract, IClassFixture<SharedRedis>
{
    private readonly string _prefix = $"{Guid.NewGuid()}:";

    private RedisServer Server => redis.Server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override Task<Engine> OpenAsync(HistoryOptions history) =>
        RedisEngine.OpenAsync(new RedisOptions { Connection = Server.Connection, Prefix = _prefix, ForeignChannels = "group_{page}, {page}" }, history);

    [Fact]
    public async Task The_channel_carries_each_update_as_one_line_of_plain_json()
    {
        using var subscriber = Server.StartCli("SUBSCRIBE", $"{_prefix}{{home}}");
        await NextLinesAsync(subscriber, 3);

        var id = (await Log.AppendAsync(Home, Drafts.Text("a \"b\"\nc ✓", name: "score"))).Id;
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal($$"""{"id":"{{id}}","event":"score","data":"a \"b\"\nc ✓"}""", (await NextLinesAsync(subscriber, 3))[2]);
        Assert.Equal("""{"id":null,"event":null,"data":"live"}""", (await NextLinesAsync(subscriber, 3))[2]);
        subscriber.Kill();
    }

    [Fact]
    public async Task A_pages_keys_are_in_one_slot_can_be_read_and_expire()
    {
        var id = (await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).Id;

        var page = $"{_prefix}{{home}}";
        Assert.Equal([$"{page}:key:k", $"{page}:log", $"{page}:meta"], (await Server.CliAsync("KEYS", $"{page}*")).Split('\n').Order());
        var entry = (await Server.CliAsync("XRANGE", $"{page}:log", "-", "+")).Split('\n');
        Assert.Equal(("1-0", "time", "update"), (entry[0], entry[1], entry[3]));
        Assert.Equal("a", JsonDocument.Parse(entry[4]).RootElement.GetProperty("data").GetString());
        Assert.Equal(id.ToString(), $"{await Server.CliAsync("HGET", $"{page}:meta", "epoch")}-{await Server.CliAsync("HGET", $"{page}:meta", "sequence")}");
        foreach (var (key, lifetime) in new[] { ("key:k", TimeSpan.FromMinutes(11)), ("log", TimeSpan.FromHours(24)), ("meta", TimeSpan.FromDays(31)) })
        {
            var left = double.Parse(await Server.CliAsync("TTL", $"{page}:{key}"), System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(left, lifetime.TotalSeconds - 60, lifetime.TotalSeconds + 120);
        }
    }

    [Fact]
    public async Task Posts_can_be_read_and_live_as_long_as_their_page()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=<p>1</p>", "b~2"]));
        Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await Server.CliAsync("PEXPIRE", $"{_prefix}{{home}}:posts", "60000");
        await Log.AppendAsync(Home, Drafts.Text("an update"));

        Assert.Equal("1 1 <p>1</p>", await Server.CliAsync("HGET", $"{_prefix}{{home}}:posts", "a"));
        Assert.Equal("2 0 2", await Server.CliAsync("HGET", $"{_prefix}{{home}}:posts", "b"));
        Assert.InRange(int.Parse(await Server.CliAsync("TTL", $"{_prefix}{{home}}:posts"), System.Globalization.CultureInfo.InvariantCulture), 2_600_000, 2_700_000);
        await AssertAllExpireAsync();
    }

    [Fact]
    public async Task A_page_that_redis_has_forgotten_begins_without_posts()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:meta");
        Assert.Empty(await Log.PostsOfAsync(Home));

        await Log.AppendAsync(Home, Drafts.Posts(["b=1"]));
        Assert.Equal(["b=1"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task A_post_that_another_program_has_spoilt_says_so()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:posts", "a", "spoilt");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.PostsOfAsync(Home));
        Assert.Contains("was not written by LiveStreams", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_published_when_no_key_stays_for_ever()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        await AssertAllExpireAsync();

        await Log.AppendAsync(Home, Drafts.Text("first"));
        await AssertAllExpireAsync();

        Engine.Time.Advance(TimeSpan.FromHours(25));
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:log");
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        await Log.AppendAsync(Home, Drafts.Text("after history had expired"));
        await AssertAllExpireAsync();

        await Log.AppendAsync(Home, UpdateDraft.End(key: null));
        await Log.AppendAsync(Home, Drafts.Text("after the end"));
        await AssertAllExpireAsync();
    }

    private async Task AssertAllExpireAsync()
    {
        foreach (var key in (await Server.CliAsync("KEYS", $"{_prefix}{{home}}*")).Split('\n'))
        {
            Assert.NotEqual("-1", (await Server.CliAsync("TTL", key)).Trim());
        }
    }

    [Fact]
    public async Task The_log_does_not_grow_much_beyond_its_limits()
    {
        for (var n = 0; n < 50; n++)
        {
            await Log.AppendAsync(Home, [.. Enumerable.Range(0, 100).Select(_ => Drafts.Text("x"))], Ct);
        }

        Assert.InRange(await LogLengthAsync(), 10, 10 + 200);
        Engine.Time.Advance(TimeSpan.FromHours(25));
        await Log.AppendAsync(Home, Drafts.Text("x"));
        Assert.InRange(await LogLengthAsync(), 1, 100);
        Assert.Equal(1, (await Log.HeadAsync(Home, Ct)).Count);

        async Task<int> LogLengthAsync() => int.Parse(await Server.CliAsync("XLEN", $"{_prefix}{{home}}:log"), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_page_that_redis_has_forgotten_begins_a_new_epoch_without_old_history()
    {
        var before = await Log.AppendAsync(Home, Drafts.Text("old"));
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:meta");

        Assert.Equal(PageHead.Empty, await Log.HeadAsync(Home, Ct));
        var after = await Log.AppendAsync(Home, Drafts.Text("new"));

        Assert.NotEqual(before.Id.Epoch, after.Id.Epoch);
        Assert.Equal(ResetReason.Epoch, (await Log.ReadAsync(Home, before.Id, 10, Ct)).Reset);
        Assert.Equal("new", Assert.Single(await Log.ReadAllAsync(Home, UpdateId.None)).Text());
    }

    [Fact]
    public async Task History_that_redis_has_evicted_or_somebody_deleted_is_told_as_trimmed()
    {
        var answers = await Log.AppendAsync(Home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);
        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "3-0");

        Assert.Equal(["1", "2"], (await Log.ReadAsync(Home, answers[0].Id.Before(1), 10, Ct)).Updates.Select(update => update.Text()));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, answers[1].Id, 10, Ct)).Reset);
        Assert.Equal(["4", "5"], (await Log.ReadAllAsync(Home, answers[2].Id)).Select(update => update.Text()));

        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "5-0");
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, answers[3].Id, 10, Ct)).Reset);
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:log");
        Assert.Equal(new PageHead(answers[4].Id, 6), await Log.HeadAsync(Home, Ct));
        Assert.Equal(6, (await Log.AppendAsync(Home, Drafts.Text("6"))).Id.Sequence);
    }

    [Theory]
    [InlineData("2-0", "some", "thing")]
    [InlineData("2-0", "time", "late", "update", "{}")]
    [InlineData("2-0", "time", "1767225600000", "update", """{"event":null,"data":"\ud800"}""")]
    public async Task Entries_of_other_programs_in_a_log_are_told_as_trimmed(params string[] entry)
    {
        var first = (await Log.AppendAsync(Home, Drafts.Text("1"))).Id;
        await Server.CliAsync(["XADD", $"{_prefix}{{home}}:log", .. entry]);
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "2");

        Assert.Equal("1", Assert.Single((await Log.ReadAsync(Home, first.Before(1), 10, Ct)).Updates).Text());
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, first, 10, Ct)).Reset);
        Assert.Equal(3, (await Log.AppendAsync(Home, Drafts.Text("3"))).Id.Sequence);
    }

    [Fact]
    public async Task A_page_whose_epoch_another_program_has_spoilt_says_so()
    {
        await Log.AppendAsync(Home, Drafts.Text("1"));
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "epoch", "spoilt");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.HeadAsync(Home, Ct));
        Assert.Contains("another program has written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emptied_script_cache_is_not_noticed()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        await Server.CliAsync("SCRIPT", "FLUSH");

        Assert.Equal(2, (await Log.AppendAsync(Home, Drafts.Text("b"))).Id.Sequence);
        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
    }

    [Fact]
    public async Task A_page_that_has_gone_back_in_time_begins_a_new_epoch_with_what_is_left()
    {
        var before = (await Log.AppendAsync(Home, [Drafts.Text("kept"), Drafts.Text("lost")], Ct))[1].Id;
        await Server.CliAsync("XDEL", $"{_prefix}{{home}}:log", "2-0");
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "1");

        var head = await Log.HeadAsync(Home, Ct);

        Assert.NotEqual(before.Epoch, head.Head.Epoch);
        Assert.Equal(1, head.Head.Sequence);
        Assert.Equal("kept", Assert.Single(await Log.ReadAllAsync(Home, head.Earliest)).Text());
        Assert.Equal(ResetReason.Epoch, (await Log.ReadAsync(Home, before, 10, Ct)).Reset);
    }

    [Fact]
    public async Task A_page_found_gone_back_by_a_publish_reuses_no_id()
    {
        var before = (await Log.AppendAsync(Home, [Drafts.Text("kept"), Drafts.Text("lost")], Ct))[1].Id;
        await Server.CliAsync("HSET", $"{_prefix}{{home}}:meta", "sequence", "1");
        await Server.CliAsync("DEL", $"{_prefix}{{home}}:log");

        var after = (await Log.AppendAsync(Home, Drafts.Text("new"))).Id;

        Assert.Equal(2, after.Sequence);
        Assert.NotEqual(before.Epoch, after.Epoch);
    }

    [Fact]
    public async Task What_other_programs_publish_on_the_pages_channels_is_heard_as_a_live_only_update()
    {
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(Home, listener, Ct);
        string[] messages =
        [
            "Is this thing on?", """{"renders":{},"removals":["1"]}""", "{\"id\":", """{"id":"not an id","event":null,"data":"x"}""",
            """{"id":null,"event":"a\nid: 7","data":"x"}""", """{"id":null,"event":null,"data":"\ud800"}""", """{"id":null,"event":"reset","data":"x"}""", """{"id":null,"event":null,"data":7}""",
        ];

        foreach (var message in messages)
        {
            await Server.CliAsync("PUBLISH", $"{_prefix}{{home}}", message);
        }

        await Server.CliAsync("PUBLISH", "group_home", """{"id":null,"event":"x","data":"not ours"}""");
        await Server.CliAsync("PUBLISH", "home", "plain");
        await listener.HeardAsync([.. messages, """{"id":null,"event":"x","data":"not ours"}""", "plain"]);
        Assert.All(listener.Received, update => Assert.True(update is { IsLiveOnly: true, Event: null }));
    }

    [Fact]
    public async Task Messages_that_are_too_large_or_no_text_are_dropped_and_counted()
    {
        var dropped = new List<string>();
        using var meter = new System.Diagnostics.Metrics.MeterListener();
        meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "livestreams.foreign.dropped")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meter.SetMeasurementEventCallback<long>((_, _, tags, _) => dropped.Add($"{tags[0].Value}"));
        meter.Start();
        var listener = new RecordingListener();
        await using var subscription = await Engine.Bus.SubscribeAsync(Home, listener, Ct);

        await Server.CliAsync("PUBLISH", $"{_prefix}{{home}}", new string('x', RedisEngine.MaxForeignBytes + 1));
        await Server.CliAsync("PUBLISH", $"{_prefix}{{home}}", $$"""{"id":null,"event":null,"data":"{{new string('x', RedisEngine.MaxForeignBytes + 1)}}"}""");
        await Server.CliAsync("EVAL", "return redis.call('PUBLISH', ARGV[1], string.char(255))", "0", $"{_prefix}{{home}}");
        await Server.CliAsync("EVAL", """return redis.call('PUBLISH', ARGV[1], '{"id":null,"event":null,"data":"' .. string.char(255) .. '"}')""", "0", $"{_prefix}{{home}}");
        await Server.CliAsync("PUBLISH", $"{_prefix}{{home}}", new string('x', RedisEngine.MaxForeignBytes));

        await listener.HeardAsync(new string('x', RedisEngine.MaxForeignBytes));
        Assert.Equal(["oversized", "oversized", "malformed", "malformed"], dropped);
    }

    [Fact]
    public async Task A_page_is_subscribed_only_while_somebody_listens()
    {
        var subscription = await Engine.Bus.SubscribeAsync(Home, new RecordingListener(), Ct);
        Assert.Equal("1", await SubscribersAsync());

        await subscription.DisposeAsync();
        await Wait.UntilAsync(async () => await SubscribersAsync() == "0", "the channel is left");

        async Task<string> SubscribersAsync() => (await Server.CliAsync("PUBSUB", "NUMSUB", $"{_prefix}{{home}}")).Split('\n')[1];
    }

    private static async Task<string[]> NextLinesAsync(System.Diagnostics.Process process, int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            lines[i] = (await process.StandardOutput.ReadLineAsync(Ct).AsTask().BoundedAsync())!;
        }

        return lines;
    }
}
