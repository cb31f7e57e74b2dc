using System.Net;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// A position that cannot be resumed leads to a reset, then to all that is kept after it, and then to live updates.
/// </summary>
public sealed class ResetTests(ResetTests.ShortHistory api) : IClassFixture<ResetTests.ShortHistory>
{
    private const int Published = 10;
    private const int Trimmed = 5;

    [Theory]
    [InlineData("nonsense")]
    [InlineData("17")]
    [InlineData("000000000abc-")]
    [InlineData("000000000abc-1, 000000000abc-2")]
    [InlineData("EPOCH-99")]
    public Task A_position_that_is_unknown_continues_from_the_head(string position) =>
        AssertResetAsync(position, "unknown", from: Published, missed: null);

    [Fact]
    public Task A_position_of_another_epoch_continues_with_all_that_is_kept() =>
        AssertResetAsync("000000000abc-1", "epoch", Trimmed, missed: null);

    [Theory]
    [InlineData("EPOCH-4", 1)]
    [InlineData("EPOCH-1", 4)]
    [InlineData("EPOCH-0", 5)]
    [InlineData("0", 5)]
    public Task A_trimmed_position_continues_with_all_that_is_kept_and_says_how_many_are_lost(
        string position, long missed) =>
        AssertResetAsync(position, "trimmed", Trimmed, missed);

    [Fact]
    public async Task A_history_request_after_a_trimmed_position_returns_410_with_where_to_continue()
    {
        var head = await PublishAsync("history");
        using var response = await api.Client.GetAsync($"/pages/history/updates?after={IdOf(head, 1)}");

        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        var reset = problem.GetProperty("reset").Deserialize<Reset>(JsonSerializerOptions.Web);
        Assert.Equal(new Reset("trimmed", IdOf(head, Trimmed), Missed: 4), reset);
        var rest = await api.Client.GetJsonAsync($"/pages/history/updates?after={reset!.From}");
        Assert.Equal(Published - Trimmed, rest.GetProperty("updates").GetArrayLength());
    }

    [Theory]
    [InlineData("EPOCH-4", "trimmed", 6L)]
    [InlineData("0", "trimmed", 10L)]
    [InlineData("000000000abc-1", "epoch", null)]
    [InlineData("nonsense", "unknown", null)]
    public async Task With_snapshots_the_snapshot_replaces_what_is_kept(string position, string reason, long? missed)
    {
        var page = $"snapshot {position}";
        var head = await PublishAsync(page);

        await using var stream = await SubscribeAsync(page, position, head, "?snapshot=true");
        var (reset, snapshot) = (await stream.NextAsync(), await stream.NextAsync());
        await api.Client.PublishAsync(page, "live");

        Assert.Equal(new Reset(reason, head, missed), Reset.Parse(reset));
        Assert.Equal(("snapshot", head), (snapshot.EventType, snapshot.EventId));
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("nonsense", "unknown")]
    [InlineData("000000000abc-1", "epoch")]
    public async Task A_reset_on_an_empty_page_continues_from_zero(string position, string reason)
    {
        var page = $"empty {position}";
        await using var stream = await api.Client.SubscribeAsync(page, position);
        var reset = await stream.NextAsync();
        await api.Client.PublishAsync(page, "live");

        Assert.Equal(new Reset(reason, "0", Missed: null), Reset.Parse(reset));
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }

    [Fact]
    public Task A_position_at_the_first_of_30_updates_receives_the_ten_kept_ones_over_sqlite() =>
        KeptUpdates.AssertReceivedAfterResetAsync([]);

    [Fact]
    public Task A_position_at_the_first_of_30_updates_receives_the_ten_kept_ones_in_memory() =>
        KeptUpdates.AssertReceivedAfterResetAsync(["--Store=memory"]);

    [Fact]
    public async Task A_store_that_lost_its_data_resets_subscribers_which_receive_all_updates_of_the_new_epoch()
    {
        using var first = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(first.Address);
        var position = await client.PublishAsync("page", "1");
        await first.KillAsync();
        using var second = await first.RestartAsync();
        await client.PublishAsync("page", "new 1");
        var head = await client.PublishAsync("page", "new 2");

        await using var stream = await client.SubscribeAsync("page", position);
        Assert.Equal(new Reset("epoch", IdOf(head, 0), Missed: null), Reset.Parse(await stream.NextAsync()));
        await client.PublishAsync("page", "live");
        Assert.Equal(["new 1", "new 2", "live"], await stream.NextDataAsync(3));
    }

    private async Task AssertResetAsync(string position, string reason, int from, long? missed)
    {
        var page = $"reset {position}";
        var head = await PublishAsync(page);

        await using var stream = await SubscribeAsync(page, position, head);
        var reset = await stream.NextAsync();

        Assert.Equal(new Reset(reason, IdOf(head, from), missed), Reset.Parse(reset));
        Assert.Equal((IdOf(head, from), IdOf(head, from)), (reset.EventId, stream.StartedFrom));
        var kept = Enumerable.Range(from + 1, Published - from).Select(n => $"{n}");
        Assert.Equal(kept, await stream.NextDataAsync(Published - from));
        await api.Client.PublishAsync(page, "live");
        Assert.Equal("live", (await stream.NextAsync()).Data);
    }

    private async Task<string> PublishAsync(string page)
    {
        var head = "";
        for (var n = 1; n <= Published; n++)
        {
            head = await api.Client.PublishAsync(page, $"{n}");
        }

        return head;
    }

    private Task<EventStream> SubscribeAsync(string page, string position, string head, string query = "") =>
        api.Client.SubscribeAsync(
            page, position.Replace("EPOCH", head.Split('-')[0], StringComparison.Ordinal), query);

    private static string IdOf(string head, int sequence) => $"{head.Split('-')[0]}-{sequence}";

    /// <summary>A server that keeps five updates a page.</summary>
    public sealed class ShortHistory : SharedApi
    {
        protected override string[] Settings => ["--History:MaxUpdates=5"];
    }
}
