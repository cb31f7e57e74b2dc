using System.Globalization;
using System.Text.RegularExpressions;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>What a read of history makes Redis send.</summary>
public sealed class ReadCostTests : OwnRedisTests
{
    private static readonly PageId _home = PageId.Parse("home");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IPageLog Log => Engine.Log;

    [Fact]
    public async Task Redis_sends_no_more_of_large_updates_than_is_returned()
    {
        await AppendAsync(count: 20, bytes: 200_000);
        var before = await SentBytesAsync();

        Assert.Equal(20, (await Log.ReadAllAsync(_home, UpdateId.None)).Count);

        Assert.InRange(await SentBytesAsync() - before, 20 * 200_000, 25 * 200_000);
    }

    [Fact]
    public async Task A_read_before_an_update_makes_redis_send_no_more_than_is_returned()
    {
        await AppendAsync(count: 100, bytes: 200_000);
        await AppendAsync(count: 8, bytes: 1);
        var head = (await Log.HeadAsync(_home, Ct)).Head;
        var before = await SentBytesAsync();

        Assert.Equal(7, (await Log.ReadBeforeAsync(_home, head, HistoryBlock.MaxUpdates, Ct)).Updates.Count);

        Assert.InRange(await SentBytesAsync() - before, 1, 3 * 200_000);
    }

    [Fact]
    public async Task Small_updates_before_large_ones_do_not_make_redis_read_them_all()
    {
        await AppendAsync(count: 8, bytes: 1);
        await AppendAsync(count: 100, bytes: 200_000);
        var before = await SentBytesAsync();

        Assert.Equal(8, (await Log.ReadAsync(_home, UpdateId.None, HistoryBlock.MaxUpdates, Ct)).Updates.Count);

        Assert.InRange(await SentBytesAsync() - before, 1, 3 * 200_000);
    }

    private async Task AppendAsync(int count, int bytes)
    {
        for (var n = 0; n < count; n++)
        {
            await Log.AppendAsync(_home, Drafts.Text(new string('x', bytes)));
        }
    }

    private async Task<long> SentBytesAsync()
    {
        var sent = Regex.Match(await Server.CliAsync("INFO", "stats"), @"total_net_output_bytes:(\d+)");
        return long.Parse(sent.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
