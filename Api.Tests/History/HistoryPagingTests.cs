using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.History;

/// <summary>A client pages through history in both directions, as JSON and as NDJSON.</summary>
public sealed partial class HistoryPagingTests(SharedApi api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_pages_back_from_an_update_to_the_oldest_and_forward_again()
    {
        var ids = await api.Client.PublishAsync("back and forth", count: 7);

        var back = await FollowAsync($"{ApiClient.PathOf("back and forth")}/updates?before={ids[6]}&limit=2", "prev");
        var forward = await FollowAsync($"{ApiClient.PathOf("back and forth")}/updates?limit=3", "next");

        Assert.Equal(["5 6", "3 4", "1 2"], back);
        Assert.Equal(["1 2 3", "4 5 6", "7"], forward);
    }

    [Fact]
    public async Task The_ends_of_history_have_no_position_to_page_on_with()
    {
        var ids = await api.Client.PublishAsync("ends", count: 4);

        Assert.Equal((null, ids[3], ids[3]), await EndsAsync("/pages/ends/updates?limit=4", next: null));
        Assert.Equal((null, ids[1], ids[3]), await EndsAsync($"/pages/ends/updates?before={ids[2]}", ids[1]));
        Assert.Equal((ids[2], ids[3], ids[3]), await EndsAsync($"/pages/ends/updates?after={ids[1]}", next: null));
        Assert.Equal((null, null, ids[3]), await EndsAsync($"/pages/ends/updates?before={ids[0]}", next: null));

        async Task<(string? Prev, string? Last, string? Head)> EndsAsync(string path, string? next)
        {
            var block = await api.Client.GetJsonAsync(path);
            Assert.Equal(next, block.GetProperty("next").GetString());
            var last = block.GetProperty("updates").EnumerateArray().LastOrDefault();
            return (
                block.GetProperty("prev").GetString(),
                last.ValueKind == JsonValueKind.Undefined ? null : last.GetProperty("id").GetString(),
                block.GetProperty("head").GetString());
        }
    }

    [Fact]
    public async Task History_is_read_from_a_time_on()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await InProcessApi.StartAsync(["--Store=memory"], time);
        using var client = new ApiClient(server.Address);
        await client.PublishAsync("home", "old");
        time.Advance(TimeSpan.FromMinutes(20));
        await client.PublishAsync("home", "new");
        var iso = Uri.EscapeDataString(time.GetUtcNow().ToString("O"));

        Assert.Equal("new", Data(await client.GetJsonAsync("/pages/home/updates?since=10m")));
        Assert.Equal("old new", Data(await client.GetJsonAsync("/pages/home/updates?since=1h")));
        Assert.Equal("new", Data(await client.GetJsonAsync($"/pages/home/updates?since={iso}")));
        Assert.Equal("", Data(await client.GetJsonAsync("/pages/never/updates?since=1h")));
    }

    [Fact]
    public async Task NDJSON_has_one_update_a_line_and_the_way_to_the_next_block_in_a_header()
    {
        await api.Client.PublishAsync("lines", count: 3);
        var list = await api.Client.GetJsonAsync("/pages/lines/updates?limit=2");

        using var response = await GetAsync("/pages/lines/updates?limit=2", "application/x-ndjson");

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            string.Concat(list.GetProperty("updates").EnumerateArray().Select(update => $"{update.GetRawText()}\n")),
            await response.Content.ReadAsStringAsync(Ct));
        using var next = await GetAsync(Link(response, "next")!, "application/x-ndjson");
        Assert.Contains("\"data\":\"3\"", await next.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Null(Link(next, "next"));
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json, application/x-ndjson", "application/json")]
    [InlineData("application/json;q=0.9, Application/X-NDJSON", "application/x-ndjson")]
    [InlineData("application/x-ndjson;q=0", "application/json")]
    [InlineData("application/x-ndjson;q=0.1, */*", "application/x-ndjson")]
    [InlineData(";;", "application/json")]
    public async Task The_format_is_the_one_that_the_client_prefers(string accept, string type)
    {
        using var response = await GetAsync("/pages/formats/updates", accept);

        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("before=")]
    [InlineData("before=0")]
    [InlineData("before=0123456789ab-0")]
    [InlineData("before=x")]
    [InlineData("before=0123456789ab-1&before=0123456789ab-2")]
    [InlineData("before=0123456789ab-1&after=0123456789ab-1")]
    [InlineData("since=1h&after=0")]
    [InlineData("since=1h&before=0123456789ab-1")]
    [InlineData("since=")]
    [InlineData("since=yesterday")]
    [InlineData("limit=1001")]
    public async Task A_query_that_makes_no_sense_gets_400(string query)
    {
        using var response = await api.Client.GetAsync($"/pages/queries/updates?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            "urn:livestreams:problem:query",
            (await ApiClient.JsonAsync(response)).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("0123456789ab-1", "epoch", 0)]
    [InlineData("{epoch}-3", "unknown", 2)]
    [InlineData("{epoch}-999999999999999999", "unknown", 2)]
    public async Task An_update_that_does_not_exist_gets_410_and_where_to_continue(string id, string reason, int from)
    {
        var page = Guid.NewGuid().ToString("n");
        var epoch = (await api.Client.PublishAsync(page, count: 2))[0].Split('-')[0];

        foreach (var edge in new[] { "before", "after" })
        {
            using var response = await api.Client.GetAsync(
                $"/pages/{page}/updates?{edge}={id.Replace("{epoch}", epoch, StringComparison.Ordinal)}");

            Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
            var problem = await ApiClient.JsonAsync(response);
            Assert.Equal(
                $$"""{"reason":"{{reason}}","from":"{{epoch}}-{{from}}","missed":null}""",
                problem.GetProperty("reset").GetRawText());
        }
    }

    // The data of each block, to the end. The link is the way that the block's member names.
    private async Task<List<string>> FollowAsync(string? path, string relation)
    {
        var blocks = new List<string>();
        while (path is not null)
        {
            using var response = await GetAsync(path, "application/json");
            var block = await ApiClient.JsonAsync(response);
            if (Data(block) is { Length: > 0 } data)
            {
                blocks.Add(data);
            }

            path = Link(response, relation);
            var position = block.GetProperty(relation).GetString();
            Assert.Equal(position is null, path is null);
            Assert.Contains($"={position}", path ?? "=", StringComparison.Ordinal);
        }

        return blocks;
    }

    private Task<HttpResponseMessage> GetAsync(string path, string accept) =>
        api.Client.GetWithAsync(path, ("Accept", accept));

    private static string Data(JsonElement block) => string.Join(
        ' ', block.GetProperty("updates").EnumerateArray().Select(update => update.GetProperty("data").GetString()));

    private static string? Link(HttpResponseMessage response, string relation) =>
        response.Headers.TryGetValues("Link", out var links)
            ? Links().Matches(string.Join(", ", links))
                .FirstOrDefault(link => link.Groups[2].Value == relation)?.Groups[1].Value
            : null;

    [GeneratedRegex("<([^>]+)>; rel=\"([a-z]+)\"")]
    private static partial Regex Links();
}
