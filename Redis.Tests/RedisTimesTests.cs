using System.Globalization;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>
/// The list of times next to the log of a page: what it saves, and what happens when it is not complete.
/// </summary>
public sealed class RedisTimesTests : OwnRedisTests
{
    private const string LogKey = "livestreams:{home}:log";
    private const string Times = "livestreams:{home}:times";
    private const string Meta = "livestreams:{home}:meta";
    private static readonly PageId _home = PageId.Parse("home");
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IPageLog Log => Engine.Log;

    [Fact]
    public async Task A_search_by_time_reads_no_updates()
    {
        var start = await AppendAsync(count: 100, bytes: 100_000);
        await Server.CliAsync("CONFIG", "RESETSTAT");

        Assert.Equal(70, (await Log.PositionAtAsync(_home, start + (70 * _minute), Ct)).Sequence);
        Assert.Equal(1, (await Log.HeadAsync(_home, Ct)).OldestSequence);

        Assert.DoesNotContain("xrange", await Server.CliAsync("INFO", "commandstats"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_with_a_time_from_before_the_clock_was_set_back_is_not_full()
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddHours(1));
        var results = await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2"), Drafts.Text("3")], Ct);
        Assert.True((await Log.ReadBeforeAsync(_home, results[2].Id, 1, Ct)).IsFull);
        Engine.Time.AdjustTime(now);

        foreach (var block in new[]
        {
            await Log.ReadAsync(_home, results[0].Id, 1, Ct), await Log.ReadBeforeAsync(_home, results[2].Id, 1, Ct),
        })
        {
            Assert.Equal(now, Assert.Single(block.Updates).Time);
            Assert.False(block.IsFull);
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_list_has_as_many_times_as_the_log_has_entries()
    {
        Engine.History.MaxUpdates = 10;
        for (var n = 1; n <= 130; n++)
        {
            await Log.AppendAsync(_home, [.. Enumerable.Range(0, n % 4).Append(0).Select(_ => Drafts.Text("x"))], Ct);
            Engine.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(await Server.CliAsync("XLEN", LogKey), await Server.CliAsync("LLEN", Times));
        }

        await Log.AppendAsync(_home, UpdateDraft.End(key: null));
        Assert.Equal("0", await Server.CliAsync("EXISTS", Times));
    }

    [Fact]
    public async Task Updates_of_an_older_version_are_found_by_time()
    {
        // An older version writes no times.
        var start = await AppendAsync(count: 5);
        await Server.CliAsync("DEL", Times);
        await Server.CliAsync("HDEL", Meta, "timed");
        await AssertPositionsAsync(start, 5);

        await AppendAsync(count: 3);
        await AssertPositionsAsync(start, 8);
        Assert.Equal("3", await Server.CliAsync("LLEN", Times));
        Assert.NotEqual("-1", await Server.CliAsync("TTL", Times));

        // A process of the older version appends between two of this one.
        var time = Engine.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        await Server.CliAsync("XADD", LogKey, "9-0", "time", time, "update", """{"event":null,"data":"9"}""");
        await Server.CliAsync("HSET", Meta, "sequence", "9", "time", time);
        Engine.Time.Advance(_minute);
        await AssertPositionsAsync(start, 9);
        await AppendAsync(count: 3);
        await AssertPositionsAsync(start, 12);
    }

    [Theory]
    [InlineData("DEL", Times)]
    [InlineData("SET", Times, "damaged")]
    [InlineData("LTRIM", Times, "-2", "-1")]
    public async Task A_list_that_is_damaged_or_evicted_is_not_missed(params string[] command)
    {
        var start = await AppendAsync(count: 5);
        await Server.CliAsync(command);
        await AssertPositionsAsync(start, 5);

        await AppendAsync(count: 3);

        await AssertPositionsAsync(start, 8);
        Assert.NotEqual("-1", await Server.CliAsync("TTL", Times));
    }

    [Fact]
    public async Task Times_follow_a_clock_that_was_far_ahead_although_the_list_was_evicted()
    {
        Engine.History.MaxAge = TimeSpan.FromDays(200);
        var start = await AppendAsync(count: 2);
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddDays(100));
        await Log.AppendAsync(_home, Drafts.Text("far ahead"));
        Engine.Time.AdjustTime(now);
        await Server.CliAsync("DEL", Times);

        await AppendAsync(count: 2);

        Assert.Equal(0, (await Log.PositionAtAsync(_home, start, Ct)).Sequence);
        Assert.Equal(4, (await Log.PositionAtAsync(_home, now + _minute, Ct)).Sequence);
        Engine.Time.Advance(TimeSpan.FromDays(201));
        Assert.Equal(0, (await Log.HeadAsync(_home, Ct)).Count);
    }

    [Theory]
    [InlineData(PublishStatus.Published)]
    [InlineData(PublishStatus.Repeated)]
    [InlineData(PublishStatus.PostsFull)]
    public async Task Times_that_were_set_back_expire_although_nothing_is_kept(PublishStatus status)
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddDays(100));
        await Log.AppendAsync(_home, Drafts.Text("far ahead", key: "k"));
        Engine.Time.AdjustTime(now);

        var result = await Log.AppendAsync(
            _home,
            status switch
            {
                PublishStatus.Repeated => Drafts.Text("far ahead", key: "k"),
                PublishStatus.PostsFull => Drafts.Posts([$"post={new string('x', Engine.Posts.MaxPageBytes + 1)}"]),
                _ => Drafts.Text("live", keep: false),
            });

        Assert.Equal(status, result.Status);
        Assert.Equal(
            now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            await Server.CliAsync("LRANGE", Times, "0", "-1"));
        var lifetime = int.Parse(await Server.CliAsync("TTL", Times), CultureInfo.InvariantCulture);
        Assert.InRange(lifetime, 1, int.Parse(await Server.CliAsync("TTL", LogKey), CultureInfo.InvariantCulture) + 5);
    }

    /// <summary>Appends updates, one a minute; returns the time of the first.</summary>
    private async Task<DateTimeOffset> AppendAsync(int count, int bytes = 1)
    {
        var start = Engine.Time.GetUtcNow();
        for (var n = 0; n < count; n++)
        {
            await Log.AppendAsync(_home, Drafts.Text(new string('x', bytes)));
            Engine.Time.Advance(_minute);
        }

        return start;
    }

    private async Task AssertPositionsAsync(DateTimeOffset start, int count)
    {
        for (var n = 0; n <= count; n++)
        {
            Assert.Equal(n, (await Log.PositionAtAsync(_home, start + (n * _minute), Ct)).Sequence);
        }
    }
}
