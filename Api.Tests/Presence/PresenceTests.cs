using System.Text;
using System.Text.Json;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Presence;

/// <summary>The number of a page's streams, on one node and on several.</summary>
public sealed class PresenceTests(SharedApi shared)
{
    [Fact]
    public async Task Streams_on_all_nodes_count_in_the_page_and_in_the_responses_to_publishes()
    {
        await using var nodes = await RedisNodes.StartAsync(3);
        await using var first = await nodes.Clients[0].SubscribeAsync("home");
        await using var second = await nodes.Clients[1].SubscribeAsync("home");
        await using var third = await nodes.Clients[1].SubscribeAsync("home");
        await using var other = await nodes.Clients[2].SubscribeAsync("away");

        foreach (var client in nodes.Clients)
        {
            await AssertCountAsync(client, "home", 3);
            await AssertCountAsync(client, "away", 1);
        }

        using var published = await nodes.Clients[2].PostAsync("home", "x");
        Assert.Equal(3, CountIn(await ApiClient.JsonAsync(published)));
        using var batch = await PostBatchAsync(nodes.Clients[2], """{"page":"home","data":"x"}""");
        Assert.Equal(3, CountIn(await ApiClient.JsonAsync(batch)));

        await second.DisposeAsync();
        await other.DisposeAsync();
        foreach (var client in nodes.Clients)
        {
            await AssertCountAsync(client, "home", 2);
            await AssertCountAsync(client, "away", 0);
        }
    }

    [Fact]
    public async Task A_node_that_starts_or_stops_is_counted_and_not_any_more()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        await using var here = await nodes.Clients[0].SubscribeAsync("home");
        await using (var late = await InProcessApi.StartAsync($"--Redis:Connection={nodes.Redis.Connection}"))
        {
            using var client = new ApiClient(late.Address);
            await AssertCountAsync(client, "home", 1);
            await using var there = await client.SubscribeAsync("home");
            await AssertCountAsync(nodes.Clients[0], "home", 2);
        }

        await AssertCountAsync(nodes.Clients[0], "home", 1);
    }

    [Fact]
    public async Task One_node_counts_its_own_streams()
    {
        await using var stream = await shared.Client.SubscribeAsync("presence-alone");

        Assert.Equal(1, CountIn(await shared.Client.GetJsonAsync("/pages/presence-alone")));
    }

    private static Task AssertCountAsync(ApiClient client, string page, int expected) => Wait.UntilAsync(
        async () => CountIn(await client.GetJsonAsync($"/pages/{page}")) == expected,
        $"{expected} streams of {page}");

    private static int CountIn(JsonElement json) => json.GetProperty("subscribers").GetInt32();

    private static async Task<HttpResponseMessage> PostBatchAsync(ApiClient client, string lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson"),
        };
        return await client.SendAsync(request);
    }
}
