using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// A server at its subscriber limit. EventSource does not reconnect after an HTTP error, so a client with a position
/// receives an empty stream with a retry time instead.
/// </summary>
public sealed class SubscriberLimitTests
{
    [Fact]
    public async Task A_full_server_rejects_a_new_subscriber_and_makes_a_reconnecting_one_retry()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxSubscribers=1");
        using var client = new ApiClient(process.Address);
        await using var open = await client.SubscribeAsync("page");

        await using (var newSubscriber = await client.SubscribeAsync("page"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, newSubscriber.Response.StatusCode);
            Assert.Equal("application/problem+json", newSubscriber.Response.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(newSubscriber.Response.Headers.RetryAfter);
        }

        await using var returning = await client.SubscribeAsync("page", lastEventId: "0");
        Assert.Equal(HttpStatusCode.OK, returning.Response.StatusCode);
        Assert.Equal("text/event-stream", returning.Response.Content.Headers.ContentType!.MediaType);
        Assert.Null(await returning.NextOrEndAsync());
        Assert.InRange(returning.ReconnectionInterval.TotalSeconds, 2, 4);
    }

    [Fact]
    public async Task A_disconnected_subscriber_no_longer_counts_towards_the_limit()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxSubscribers=1");
        using var client = new ApiClient(process.Address);
        await using (await client.SubscribeAsync("page"))
        {
        }

        await Wait.UntilAsync(
            async () =>
            {
                await using var next = await client.SubscribeAsync("page");
                return next.Response.StatusCode == HttpStatusCode.OK;
            },
            "another subscriber is accepted");
    }
}
