using System.Globalization;
using System.Text.RegularExpressions;
using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The keys of the index in Redis: when they are written, and what removes names from them.</summary>
public sealed partial class RedisIndexTests : OwnRedisTests
{
    private const string Names = "livestreams:pages:{index}:names";

    private static readonly PageId _home = PageId.Parse("home");
    private static readonly PageId _other = PageId.Parse("other");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publish_to_a_known_page_sends_its_script_and_nothing_else()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("the page and the script are known"));
        var (scripts, writes) = (await Server.ScriptCallsAsync(), await CallsAsync("zadd"));
        Assert.Equal(1, writes);
        var entries = await CallsAsync("xadd");

        for (var n = 0; n < 20; n++)
        {
            await Engine.Log.AppendAsync(_home, Drafts.Text("x"));
        }

        Assert.Equal(20, await Server.ScriptCallsAsync() - scripts);
        Assert.Equal(writes, await CallsAsync("zadd"));
        Assert.Equal(20, await CallsAsync("xadd") - entries);
    }

    [Fact]
    public async Task A_page_whose_process_ended_before_it_wrote_the_index_is_written_by_the_next_one()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a", key: "k"));
        await Server.CliAsync("ZREM", Names, "home");
        using var next = await OpenAsync();
        var start = await next.Index.ReadBornAsync(cursor: null, Ct);

        Assert.True((await next.Log.AppendAsync(_home, Drafts.Text("a", key: "k"))).IsRepeat);

        Assert.Equal([_home], await ListAsync());
        Assert.Equal([_home], (await Engine.Index.ReadBornAsync(start.Cursor, Ct)).Pages);
    }

    [Fact]
    public async Task Pages_are_written_again_after_the_connection_was_lost()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Server.CliAsync("ZREM", Names, "home");
        await Server.CliAsync("CLIENT", "KILL", "TYPE", "normal");

        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    await Engine.Log.AppendAsync(_home, Drafts.Text("b"));
                    return await ListAsync() is [_];
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            "the page is listed again");
    }

    [Fact]
    public async Task A_page_that_has_expired_leaves_the_index_when_it_is_read()
    {
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Engine.Log.AppendAsync(_other, Drafts.Text("b"));
        await Server.CliAsync("DEL", "livestreams:{home}:meta");

        Assert.Equal([_other], (await Engine.Index.ReadAsync([_home, _other], Ct)).Select(page => page.Page));

        Assert.Equal([_other], await ListAsync());
    }

    [Fact]
    public async Task Pages_that_have_expired_leave_the_index_when_others_begin()
    {
        var expired = Enumerable.Range(0, 20).Select(n => PageId.Parse($"expired:{n}")).ToList();
        await Task.WhenAll(expired.Select(page => Engine.Log.AppendAsync(page, Drafts.Text("x"))));
        foreach (var page in expired)
        {
            await Server.CliAsync("DEL", $"livestreams:{{{page}}}:meta");
        }

        var count = 0;
        await Wait.UntilAsync(
            async () =>
            {
                await Engine.Log.AppendAsync(PageId.Parse($"new:{count++}"), Drafts.Text("x"));
                return !(await ListAsync()).Any(expired.Contains);
            },
            "no expired page is in the index");
        Assert.InRange(count, 10, 60);
        Assert.Equal(count, (await ListAsync()).Length);
    }

    [Fact]
    public async Task A_publish_succeeds_without_the_index_and_its_page_is_written_when_the_index_is_back()
    {
        var start = await Engine.Index.ReadBornAsync(cursor: null, Ct);
        await Server.CliAsync("SET", Names, "overwritten");
        await Engine.Log.AppendAsync(_home, Drafts.Text("a"));
        await Engine.Log.AppendAsync(_other, Drafts.Text("b"));
        await Assert.ThrowsAsync<StoreUnavailableException>(ListAsync);
        await Server.CliAsync("DEL", Names);

        await Wait.UntilAsync(
            async () =>
            {
                Engine.Time.Advance(TimeSpan.FromSeconds(1));
                return (await ListAsync()).Length == 2;
            },
            "both pages are listed");

        var born = (await Engine.Index.ReadBornAsync(start.Cursor, Ct)).Pages;
        Assert.Equal([_home, _other], born.Distinct().Order(Comparer<PageId>.Create(
            (x, y) => NameOrder.Compare(x.Value, y.Value))));
    }

    [Fact]
    public async Task A_name_that_another_program_has_written_is_an_error()
    {
        await Server.CliAsync("ZADD", Names, "0", "{}");

        await Assert.ThrowsAsync<StoreUnavailableException>(ListAsync);
    }

    private async Task<PageId[]> ListAsync() =>
        [.. await Engine.Index.ListAsync(NameRange.All, IPageIndex.MaxPages, Ct)];

    private Task<Engine> OpenAsync() =>
        RedisEngine.OpenAsync(new RedisOptions { Connection = Server.Connection }, new HistoryOptions());

    private async Task<int> CallsAsync(string command)
    {
        var statistics = await Server.CliAsync("INFO", "commandstats");
        return Calls().Matches(statistics)
            .Where(match => match.Groups["command"].Value == command)
            .Sum(match => int.Parse(match.Groups["calls"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"cmdstat_(?<command>\w+):calls=(?<calls>\d+)")]
    private static partial Regex Calls();
}
