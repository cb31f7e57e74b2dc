using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>The rates and bursts are so low that even a slow test exceeds them.</summary>
public sealed class ReadRateLimiterTests
{
    private const int Requests = 40;
    private const int Burst = 5;
    private const string Here = "127.0.0.2";

    [Theory]
    [InlineData("/pages/home")]
    [InlineData("/pages/home/updates")]
    [InlineData("/pages/home/posts")]
    [InlineData("/pages/home/events?from=earliest")]
    [InlineData("/pages/home/events?since=10m")]
    [InlineData("/pages/home/events?snapshot=true")]
    public async Task An_address_over_its_rate_receives_Retry_After_and_others_continue(string target)
    {
        await using var api = await StartAsync();
        var responses = await GetAsync(api, Here, target);

        Assert.Equal(Burst, responses.TakeWhile(IsOk).Count());
        var refused = responses.Where(response => !IsOk(response)).ToList();
        Assert.InRange(refused.Count, Requests / 2, Requests - Burst);
        Assert.All(refused, response =>
        {
            Assert.StartsWith("HTTP/1.1 429", response, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 1\r\n", response, StringComparison.Ordinal);
            Assert.Contains("urn:livestreams:problem:read-rate", response, StringComparison.Ordinal);
        });

        Assert.True(IsOk((await GetAsync(api, "127.0.0.3", target, requests: 1))[0]));
    }

    [Fact]
    public async Task A_stream_that_holds_a_position_is_told_to_reconnect_and_one_that_begins_now_is_served()
    {
        await using var api = await StartAsync();
        await GetAsync(api, Here, "/pages/home");

        using var returning = await RawHttp.ConnectAsync(api.Address, from: Here);
        await returning.SendAsync(Get("/pages/home/events", "Last-Event-ID: 0\r\nConnection: close\r\n"));
        Assert.Matches(
            @"(?s)^HTTP/1.1 200 .*\r\nContent-Type: text/event-stream.*retry: \d{4}\n\n",
            await returning.ReceiveToEndAsync());
        Assert.All(await GetAsync(api, Here, "/pages/home/events"), response => Assert.True(IsOk(response)));
    }

    [Fact]
    public async Task By_default_all_streams_that_an_address_may_have_can_reconnect_at_once()
    {
        await using var api = await InProcessApi.StartAsync(
            "--Store=memory", "--Limits:MaxSubscribersPerAddress=300", "--Limits:ReadsPerSecondPerAddress=1");

        var responses = await GetAsync(api, Here, "/pages/home", requests: 310);

        Assert.InRange(responses.Count(IsOk), 300, 305);
    }

    [Fact]
    public async Task A_rate_of_zero_is_no_limit()
    {
        await using var api = await InProcessApi.StartAsync(
            "--Store=memory", "--Limits:ReadsPerSecondPerAddress=0", "--Limits:ReadBurstPerAddress=1");

        Assert.All(await GetAsync(api, Here, "/pages/home"), response => Assert.True(IsOk(response)));
    }

    private static Task<InProcessApi> StartAsync() => InProcessApi.StartAsync(
        "--Store=memory", "--Limits:ReadsPerSecondPerAddress=1", $"--Limits:ReadBurstPerAddress={Burst}");

    private static bool IsOk(string response) => response.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);

    private static string Get(string target, string headers = "") =>
        $"GET {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\n";

    // Each on a connection of its own: a stream takes the one that it is on.
    private static async Task<List<string>> GetAsync(
        InProcessApi api, string from, string target, int requests = Requests)
    {
        var responses = new List<string>();
        for (var n = 0; n < requests; n++)
        {
            using var connection = await RawHttp.ConnectAsync(api.Address, from: from);
            await connection.SendAsync(Get(target));
            responses.Add(await connection.ReceiveAsync());
        }

        return responses;
    }
}
