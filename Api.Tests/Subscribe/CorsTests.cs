using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>The setting <c>Cors:Origins</c>.</summary>
public sealed class CorsTests
{
    [Theory]
    [InlineData("http://page.example", true)]
    [InlineData("http://other.example", false)]
    [InlineData("http://page.example.evil", false)]
    public async Task Another_origin_may_read_the_stream_only_if_it_is_listed(string origin, bool allowed)
    {
        await using var process = await InProcessApi.StartAsync(
            "--Store=memory",
            "--Cors:Origins=http://page.example, https://page.example");
        using var http = new HttpClient { BaseAddress = process.Address };
        http.DefaultRequestHeaders.Add("Origin", origin);

        await using var stream = await EventStream.OpenAsync(http, "/pages/x/events", lastEventId: null);

        Assert.Equal(allowed, stream.Response.Headers.TryGetValues("Access-Control-Allow-Origin", out var granted));
        Assert.Equal(allowed ? [origin] : null, granted);
        Assert.Equal(allowed, stream.Response.Headers.TryGetValues("Access-Control-Expose-Headers", out var exposed)
            && exposed.Single().Contains("Last-Event-ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preflight_response_lists_the_allowed_headers_and_does_not_repeat_the_requested_ones()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Cors:Origins=http://page.example");
        using var raw = await RawHttp.ConnectAsync(process.Address);
        await raw.SendAsync(
            "OPTIONS /pages/home/updates HTTP/1.1\r\nHost: x\r\nOrigin: http://page.example\r\nConnection: close\r\n"
            + "Access-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: idempotency-key, x-\u0019\r\n\r\n");
        var response = await raw.ReceiveToEndAsync();

        Assert.StartsWith("HTTP/1.1 204", response, StringComparison.Ordinal);
        Assert.Contains(
            "Access-Control-Allow-Headers: Authorization,Cache-Control,Content-Type,Idempotency-Key,",
            response,
            StringComparison.Ordinal);
        var allowed = response.Split("Allow-Headers: ")[1].Split('\n')[0];
        Assert.DoesNotContain(
            "x-",
            allowed.Replace("X-Requested-With", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }
}
