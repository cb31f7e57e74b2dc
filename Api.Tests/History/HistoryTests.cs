using System.Net;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.History;

/// <summary>The history and the state of a page, read over HTTP.</summary>
public sealed class HistoryTests(SharedApi api)
{
    [Fact]
    public async Task A_client_reads_the_history_block_by_block()
    {
        for (var n = 1; n <= 5; n++)
        {
            await api.Client.PublishAsync("history", $"{n} <b>✓</b>", query: n == 2 ? "?event=two" : "");
        }

        var data = new List<string>();
        for (string? next = "0"; next is not null;)
        {
            var block = await api.Client.GetJsonAsync($"/pages/history/updates?limit=2&after={next}");
            var updates = block.GetProperty("updates").EnumerateArray();
            data.AddRange(updates.Select(update => update.GetProperty("data").GetString()!));
            next = block.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Range(1, 5).Select(n => $"{n} <b>✓</b>"), data);
        var all = await api.Client.GetJsonAsync("/pages/history/updates");
        Assert.Equal("two", all.GetProperty("updates")[1].GetProperty("event").GetString());
        Assert.Equal(all.GetProperty("head").GetString(), all.GetProperty("updates")[4].GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_state_of_a_page_has_its_head_its_oldest_update_and_its_counts()
    {
        var empty = await api.Client.GetJsonAsync("/pages/state");
        Assert.Equal(("0", null, 0, 0), ReadState(empty));

        var first = await api.Client.PublishAsync("state", "1");
        var last = await api.Client.PublishAsync("state", "2");
        await using var stream = await api.Client.SubscribeAsync("state");

        Assert.Equal((last, first, 2, 1), ReadState(await api.Client.GetJsonAsync("/pages/state")));
        await stream.DisposeAsync();
        await Wait.UntilAsync(
            async () => ReadState(await api.Client.GetJsonAsync("/pages/state")).Subscribers == 0,
            "the subscriber is disconnected");
    }

    [Fact]
    public async Task A_history_request_after_an_unknown_position_returns_410()
    {
        var first = await api.Client.PublishAsync("gone", "1");
        using var response = await api.Client.GetAsync("/pages/gone/updates?after=0123456789ab-7");

        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal("urn:livestreams:problem:history-gone", problem.GetProperty("type").GetString());
        Assert.Equal(
            $$"""{"reason":"epoch","from":"{{first.Split('-')[0]}}-0","missed":null}""",
            problem.GetProperty("reset").GetRawText());
    }

    private static (string? Head, string? Oldest, int Updates, int Subscribers) ReadState(JsonElement page) => (
        page.GetProperty("head").GetString(),
        page.GetProperty("oldest").GetString(),
        page.GetProperty("updates").GetInt32(),
        page.GetProperty("subscribers").GetInt32());
}
