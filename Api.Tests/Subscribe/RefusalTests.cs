using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>EventSource never comes back after an error, so one that holds a position is never given one.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_full_server_refuses_a_newcomer_and_tells_one_that_holds_a_position_to_come_back()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxSubscribers=1");
        using var client = new ApiClient(process.Address);
        await using var open = await client.SubscribeAsync("page");

        await using (var newcomer = await client.SubscribeAsync("page"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, newcomer.Response.StatusCode);
            Assert.Equal("application/problem+json", newcomer.Response.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(newcomer.Response.Headers.RetryAfter);
        }

        await using var returning = await client.SubscribeAsync("page", lastEventId: "0");
        Assert.Equal(HttpStatusCode.OK, returning.Response.StatusCode);
        Assert.Equal("text/event-stream", returning.Response.Content.Headers.ContentType!.MediaType);
        Assert.Null(await returning.NextOrEndAsync());
        Assert.InRange(returning.ReconnectionInterval.TotalSeconds, 2, 4);
    }

    [Fact]
    public async Task A_stream_is_free_again_when_its_subscriber_has_gone()
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
            "a free stream");
    }

    [Fact]
    public async Task Silence_is_broken_by_comments()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:00:01");
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("page");
        await stream.NextBlockAsync();

        Assert.Equal(":\n\n", await stream.NextBlockAsync());
        Assert.Equal(":\n\n", await stream.NextBlockAsync());
    }
}
