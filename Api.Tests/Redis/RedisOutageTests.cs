using System.Net;
using System.Net.Http.Headers;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>The behaviour of a server while Redis is unavailable, and afterwards.</summary>
[Collection(nameof(Alone))]
public sealed class RedisOutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publishers_receive_503_in_time_and_streams_stay_open_while_redis_is_unavailable(bool isPaused)
    {
        await using var nodes = await RedisNodes.StartAsync(
            1,
            ["--appendonly", "yes", "--appendfsync", "always"],
            ["--Subscribers:Heartbeat=00:00:01"]);
        var client = nodes.Clients[0];
        await using var stream = await client.SubscribeAsync("home");
        await stream.NextBlockAsync();
        await client.PublishAsync("home", "before");
        Assert.Contains("data: before", await stream.NextBlockAsync(), StringComparison.Ordinal);

        Action stopRedis = isPaused ? nodes.Redis.Pause : nodes.Redis.Kill;
        stopRedis();
        for (var n = 0; n < 3; n++)
        {
            var start = TimeProvider.System.GetTimestamp();
            using var failed = await client.PostAsync("home", "meanwhile", key: "k");
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 2);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
            Assert.NotNull(failed.Headers.RetryAfter);
            Assert.Contains("store-unavailable", await failed.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        using var newSubscriber = await client.GetAsync("/pages/other/events");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, newSubscriber.StatusCode);
        await using var returning = await client.SubscribeAsync("other", lastEventId: "0");
        Assert.StartsWith("retry: ", await returning.NextBlockAsync(), StringComparison.Ordinal);
        using var posts = await client.GetAsync("/pages/home/posts");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, posts.StatusCode);
        using var snapshot = await client.GetAsync("/pages/home/events?snapshot=true");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, snapshot.StatusCode);
        using var notReady = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        for (var n = 0; n < 3; n++)
        {
            Assert.Equal(":\n\n", await stream.NextBlockAsync());
        }

        if (isPaused)
        {
            nodes.Redis.Resume();
        }
        else
        {
            await nodes.Redis.StartAgainAsync();
        }

        var id = await client.PublishUntilAnsweredAsync("home", "meanwhile", "k");
        Assert.Equal(2, ApiClient.SequenceOf(id));
        var block = ":\n\n";
        while (block == ":\n\n")
        {
            block = await stream.NextBlockAsync();
        }

        Assert.Equal($"id: {id}\ndata: meanwhile\n\n", block);
        using var ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_publish_with_an_unknown_outcome_returns_an_error_that_explains_it()
    {
        await using var nodes = await RedisNodes.StartAsync(1, ["--appendonly", "yes", "--appendfsync", "always"]);
        await nodes.Clients[0].PublishAsync("home", "before");

        nodes.Redis.Pause();
        using var failed = await nodes.Clients[0].PostAsync("home", "meanwhile", key: "k");
        using var batch = await nodes.Clients[0].SendAsync(new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(
                """{"page":"other","data":"x"}""",
                MediaTypeHeaderValue.Parse("application/x-ndjson")),
        });
        nodes.Redis.Resume();

        foreach (var response in new[] { failed, batch })
        {
            Assert.Contains(
                "Whether the update was published is not known",
                await response.Content.ReadAsStringAsync(Ct),
                StringComparison.Ordinal);
        }

        var id = await nodes.Clients[0].PublishUntilAnsweredAsync("home", "meanwhile", "k");
        Assert.Equal(2, ApiClient.SequenceOf(id));
    }
}
