using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Presence;

/// <summary>Streams that ask for the number of their pages' streams.</summary>
public sealed class PresenceStreamTests(SharedApi api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_is_told_the_number_on_all_nodes_and_each_change_of_it()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await using var here = await nodes.Clients[0].SubscribeAsync("home", query: "?presence=true");
        await UntilAsync(here, 1);
        await using (var there = await nodes.Clients[1].SubscribeAsync("home", query: "?presence=true"))
        {
            await UntilAsync(here, 2);
            await UntilAsync(there, 2);
        }

        await UntilAsync(here, 1);
    }

    [Fact]
    public async Task The_number_has_no_id_passes_every_filter_and_moves_no_position()
    {
        await api.Client.PublishAsync("told", "before");
        await using var stream = await api.Client.SubscribeAsync("told", query: "?presence=true&event=score");

        var told = await stream.NextAsync();

        Assert.Equal(("presence", """{"subscribers":1}"""), (told.EventType, told.Data));
        Assert.Equal(stream.StartedFrom, stream.LastEventId);
        await api.Client.PublishAsync("told", "1:0", query: "?event=score");
        Assert.Equal("1:0", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("/pages/untold/events")]
    [InlineData("/pages/untold/events?presence=false")]
    [InlineData("/events?page=untold&presence=false")]
    public async Task A_stream_that_does_not_ask_is_not_told(string path)
    {
        await using var asking = await api.Client.SubscribeAsync("untold", query: "?presence=true");
        using var response = await api.Client.OpenAsync(new(HttpMethod.Get, path));
        await UntilAsync(asking, 2);
        await api.Client.PublishAsync("untold", "first");

        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct);
        await using var each = events.GetAsyncEnumerator(Ct);
        Assert.True(await each.MoveNextAsync().AsTask().BoundedAsync());
        Assert.Contains("first", each.Current.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_pages_have_their_numbers_in_their_envelopes()
    {
        await using var other = await api.Client.SubscribeAsync("many b");
        await using var stream = await api.Client.SubscribeToPagesAsync(
            ["many a", "many b"], query: "&presence=true");

        var told = new[] { await stream.NextPageEventAsync(), await stream.NextPageEventAsync() };

        PageEvent[] expected = [Number("many a", 1), Number("many b", 2)];
        Assert.Equal(expected, told.OrderBy(item => item.Page, StringComparer.Ordinal));
        Assert.Equal(stream.StartedFrom, stream.LastEventId);
        await using var resumed = await api.Client.SubscribeToPagesAsync(
            ["many a", "many b"], stream.LastEventId, "&presence=true");
        Assert.Equal("presence", (await resumed.NextPageEventAsync()).Event);
    }

    [Fact]
    public async Task A_page_that_is_followed_by_a_pattern_has_its_number()
    {
        await using var stream = await api.Client.SubscribeToPatternAsync("told-born:*", query: "&presence=true");
        await api.Client.PublishAsync("told-born:a", "begins");

        var told = new[] { await stream.NextPageEventAsync(), await stream.NextPageEventAsync() };

        Assert.Contains(Number("told-born:a", 1), told);
    }

    [Theory]
    [InlineData("", "true", true)]
    [InlineData("?presence=true", "false", true)]
    [InlineData("?presence=false", "true", false)]
    public async Task A_list_in_a_body_asks_there_or_in_the_query(string query, string member, bool isTold)
    {
        var page = $"body {query} {member}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/events{query}")
        {
            Content = new StringContent(
                $$"""{"pages":["{{page}}"],"presence":{{member}}}""", Encoding.UTF8, "application/json"),
        };
        using var response = await api.Client.OpenAsync(request);
        await using var asking = await api.Client.SubscribeAsync(page, query: "?presence=true");
        await UntilAsync(asking, 2);
        await api.Client.PublishAsync(page, "update");

        var names = new List<string>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
        {
            names.Add(item.EventType);
            if (item.EventType == "message")
            {
                break;
            }
        }

        Assert.Equal(isTold, names.Contains("presence"));
    }

    [Fact]
    public async Task A_number_comes_at_most_once_a_second()
    {
        var time = new FakeTimeProvider();
        await using var server = await InProcessApi.StartAsync(["--Store=memory"], time);
        using var client = new ApiClient(server.Address);
        await using var stream = await client.SubscribeAsync("home", query: "?presence=true");
        var others = new List<EventStream>();
        for (var n = 2; n <= 4; n++)
        {
            others.Add(await client.SubscribeAsync("home"));
            others.Add(await client.SubscribeAsync("home"));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal((n * 2) - 1, await NextAsync(stream));
        }

        foreach (var other in others)
        {
            await other.DisposeAsync();
        }

        await Wait.UntilAsync(() => server.Feeds.SubscriberCount == 1, "the others have left");
        await client.PublishAsync("home", "before the second is over");
        Assert.Equal("before the second is over", (await stream.NextAsync()).Data);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await NextAsync(stream));
    }

    [Fact]
    public async Task The_name_is_reserved_for_the_stream()
    {
        using var response = await api.Client.PostAsync("home", "x", query: "?event=presence");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Contains("reserved", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static PageEvent Number(string page, int count) =>
        new(page, null, "presence", $$"""{"subscribers":{{count}}}""");

    private static async Task UntilAsync(EventStream stream, int expected)
    {
        while (await NextAsync(stream) != expected)
        {
            // On the way there may be others.
        }
    }

    private static async Task<int> NextAsync(EventStream stream)
    {
        var item = await stream.NextAsync();
        Assert.Equal("presence", item.EventType);
        using var json = JsonDocument.Parse(item.Data);
        return json.RootElement.GetProperty("subscribers").GetInt32();
    }
}
