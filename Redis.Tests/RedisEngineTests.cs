using System.Globalization;
using System.Text.Json;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The contract on one Redis, and the keys that people see with redis-cli.</summary>
public sealed class RedisEngineTests(SharedRedis redis) : EngineContract, IClassFixture<SharedRedis>
{
    private readonly string _prefix = $"{Guid.NewGuid()}:";

    private RedisServer Server => redis.Server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override Task<Engine> OpenAsync(HistoryOptions history) =>
        RedisEngine.OpenAsync(
            new RedisOptions
            {
                Connection = Server.Connection,
                Prefix = _prefix,
                ForeignChannels = "group_{page}, {page}",
            },
            history);

    protected override Task LoseAllPagesAsync() => Server.CliAsync("FLUSHALL");

    [Fact]
    public async Task The_keys_of_a_page_share_a_slot_can_be_read_and_expire()
    {
        var id = (await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).Id;

        var page = $"{_prefix}{{home}}";
        var keys = (await Server.CliAsync("KEYS", $"{page}*")).Split('\n');
        Assert.Equal([$"{page}:key:k", $"{page}:log", $"{page}:meta", $"{page}:times"], keys.Order());
        var entry = (await Server.CliAsync("XRANGE", $"{page}:log", "-", "+")).Split('\n');
        Assert.Equal(("1-0", "time", "update"), (entry[0], entry[1], entry[3]));
        Assert.Equal("a", JsonDocument.Parse(entry[4]).RootElement.GetProperty("data").GetString());
        var epoch = await Server.CliAsync("HGET", $"{page}:meta", "epoch");
        Assert.Equal(id.ToString(), $"{epoch}-{await Server.CliAsync("HGET", $"{page}:meta", "sequence")}");
        await AssertExpiresAsync("key:k", TimeSpan.FromMinutes(11));
        await AssertExpiresAsync("log", TimeSpan.FromHours(24));
        await AssertExpiresAsync("times", TimeSpan.FromHours(24));
        await AssertExpiresAsync("meta", TimeSpan.FromDays(31));

        async Task AssertExpiresAsync(string key, TimeSpan lifetime) => Assert.InRange(
            await NumberAsync("TTL", $"{page}:{key}"), lifetime.TotalSeconds - 60, lifetime.TotalSeconds + 120);
    }

    [Fact]
    public async Task A_key_has_its_scope_in_its_name_and_the_digest_of_its_draft_in_its_value()
    {
        var id = (await Log.AppendAsync(Home, Drafts.Text("a", key: "k", scope: "x"))).Id;

        var key = $"{_prefix}{{home}}:key:k\tx";
        var now = Engine.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Matches($"^{id} {now} [A-Za-z0-9_-]{{22}}$", await Server.CliAsync("GET", key));
        Assert.InRange(await NumberAsync("TTL", key), 10 * 60, 11 * 60);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    public async Task A_key_that_an_older_version_has_stored_fits_every_draft_and_every_publisher(string? scope)
    {
        var id = (await Log.AppendAsync(Home, Drafts.Text("a"))).Id;
        var now = Engine.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await Server.CliAsync("SET", $"{_prefix}{{home}}:key:k", $"{id} {now}");

        var again = await Log.AppendAsync(Home, Drafts.Text("another draft", key: "k", scope: scope));
        Engine.Time.Advance(UpdateDraft.KeyLifetime + TimeSpan.FromMilliseconds(1));
        var later = await Log.AppendAsync(Home, Drafts.Text("later", key: "k", scope: scope));

        Assert.Equal(PublishResult.Repeated(id), again);
        Assert.True(later.Id.Follows(id));
    }

    [Fact]
    public async Task Posts_can_be_read_with_redis_cli_and_expire_with_their_page()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=<p>1</p>", "b~2"]));
        Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await Server.CliAsync("PEXPIRE", $"{_prefix}{{home}}:posts", "60000");
        await Log.AppendAsync(Home, Drafts.Text("an update"));

        Assert.Equal("1 1 <p>1</p>", await Server.CliAsync("HGET", $"{_prefix}{{home}}:posts", "a"));
        Assert.Equal("2 0 2", await Server.CliAsync("HGET", $"{_prefix}{{home}}:posts", "b"));
        Assert.InRange(await NumberAsync("TTL", $"{_prefix}{{home}}:posts"), 2_600_000, 2_700_000);
        await AssertAllExpireAsync();
    }

    [Fact]
    public async Task Every_key_of_a_page_expires_whatever_is_published()
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

    [Fact]
    public async Task The_stream_does_not_grow_much_beyond_the_limits_of_history()
    {
        for (var n = 0; n < 50; n++)
        {
            await Log.AppendAsync(Home, [.. Enumerable.Range(0, 100).Select(_ => Drafts.Text("x"))], Ct);
        }

        Assert.InRange(await StreamLengthAsync(), 10, 10 + 200);
        Engine.Time.Advance(TimeSpan.FromHours(25));
        await Log.AppendAsync(Home, Drafts.Text("x"));
        Assert.InRange(await StreamLengthAsync(), 1, 100);
        Assert.Equal(1, (await Log.HeadAsync(Home, Ct)).Count);

        Task<int> StreamLengthAsync() => NumberAsync("XLEN", $"{_prefix}{{home}}:log");
    }

    [Fact]
    public async Task An_append_succeeds_after_the_script_cache_was_emptied()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        await Server.CliAsync("SCRIPT", "FLUSH");

        Assert.Equal(2, (await Log.AppendAsync(Home, Drafts.Text("b"))).Id.Sequence);
        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
    }

    private async Task<int> NumberAsync(params string[] command) =>
        int.Parse(await Server.CliAsync(command), CultureInfo.InvariantCulture);

    private async Task AssertAllExpireAsync()
    {
        foreach (var key in (await Server.CliAsync("KEYS", $"{_prefix}{{home}}*")).Split('\n'))
        {
            Assert.NotEqual("-1", (await Server.CliAsync("TTL", key)).Trim());
        }
    }
}
