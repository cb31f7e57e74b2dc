using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>Two nodes behave like one server to publishers and subscribers.</summary>
public sealed class MultiNodeTests
{
    [Fact]
    public async Task An_update_published_at_one_node_reaches_the_subscribers_of_the_other_with_the_same_id()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        await using var here = await nodes.Clients[0].SubscribeAsync("home");
        await using var there = await nodes.Clients[1].SubscribeAsync("home");

        string[] ids =
        [
            await nodes.Clients[0].PublishAsync("home", "one"),
            await nodes.Clients[1].PublishAsync("home", "two", query: "?event=score"),
        ];
        await nodes.Clients[0].PublishLiveAsync("home", "live");

        foreach (var stream in new[] { here, there })
        {
            var (one, two, live) = (await stream.NextAsync(), await stream.NextAsync(), await stream.NextAsync());
            Assert.Equal((ids[0], "message", "one"), (one.EventId, one.EventType, one.Data));
            Assert.Equal((ids[1], "score", "two"), (two.EventId, two.EventType, two.Data));
            Assert.Equal((ids[1], "live"), (stream.LastEventId, live.Data));
        }

        Assert.Equal(
            (await nodes.Clients[0].GetJsonAsync("/pages/home/updates")).GetRawText(),
            (await nodes.Clients[1].GetJsonAsync("/pages/home/updates")).GetRawText());
    }

    [Fact]
    public async Task A_subscriber_resumes_on_another_node_without_a_gap_or_a_duplicate()
    {
        await using var nodes = await RedisNodes.StartAsync(2, settings: ["--Subscribers:RingFrames=4"]);
        var ids = new List<string>();
        for (var n = 0; n < 30; n++)
        {
            ids.Add(await nodes.Clients[n % 2].PublishAsync("home", $"{n}"));
        }

        await using var here = await nodes.Clients[0].SubscribeAsync("home", lastEventId: ids[4]);
        Assert.Equal(["5", "6", "7"], await here.NextDataAsync(3));
        await here.DisposeAsync();
        await using var there = await nodes.Clients[1].SubscribeAsync("home", here.LastEventId);
        Assert.Equal(Enumerable.Range(8, 22).Select(n => $"{n}"), await there.NextDataAsync(22));
        await nodes.Clients[0].PublishAsync("home", "live");
        Assert.Equal("live", (await there.NextAsync()).Data);
    }

    [Fact]
    public async Task An_idempotency_key_is_known_to_every_node()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        var id = await nodes.Clients[0].PublishAsync("home", "once", key: "k");

        using var again = await nodes.Clients[1].PostAsync("home", "once", key: "k");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(id, (await ApiClient.JsonAsync(again)).GetProperty("id").GetString());
        using var other = await nodes.Clients[1].PostAsync("home", "twice", key: "k");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task A_prefix_separates_two_installations_on_one_redis()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        await using var other = await InProcessApi.StartAsync(
            $"--Redis:Connection={nodes.Redis.Connection}",
            "--Redis:Prefix=staging:");
        using var client = new ApiClient(other.Address);
        await using var stream = await client.SubscribeAsync("home");

        await nodes.Clients[0].PublishAsync("home", "not here");
        await client.PublishAsync("home", "here");

        Assert.Equal("here", (await stream.NextAsync()).Data);
    }
}
