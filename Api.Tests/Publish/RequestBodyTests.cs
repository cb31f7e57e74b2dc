using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>Bodies that are cut off, malformed or unexpected publish nothing and leave no error in the log.</summary>
public sealed class RequestBodyTests(IsolatedApi api) : IClassFixture<IsolatedApi>
{
    [Fact]
    public async Task A_body_of_unknown_length_is_limited_too()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("POST /pages/bad/updates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = $"{65536:x}\r\n{new string('x', 65536)}\r\n";
        for (var i = 0; i < 5; i++)
        {
            await raw.SendAsync(chunk);
        }

        var response = await raw.ReceiveAsync();
        IsolatedApi.AssertProblem(response, 413, "too-large");
        Assert.Contains("\r\nConnection: close\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n", "only a part")]
    [InlineData("Transfer-Encoding: chunked\r\n", "b\r\nonly a part\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "b\r\nonly a")]
    public async Task A_body_that_is_cut_off_publishes_nothing(string headers, string part)
    {
        using (var raw = await RawHttp.ConnectAsync(api.Server.Address))
        {
            await raw.SendAsync($"POST /pages/cut/updates HTTP/1.1\r\nHost: x\r\n{headers}\r\n{part}");
            raw.EndSending();
            Assert.DoesNotContain("HTTP/1.1 2", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        }

        await api.AssertNothingPublishedAsync("cut");
    }

    [Fact]
    public async Task A_batch_that_is_cut_off_publishes_nothing()
    {
        using (var raw = await RawHttp.ConnectAsync(api.Server.Address))
        {
            await raw.SendAsync(
                "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n"
                + "{\"page\":\"cut\",\"data\":\"x\"}\n");
            raw.EndSending();
            Assert.DoesNotContain("HTTP/1.1 2", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        }

        await api.AssertNothingPublishedAsync("cut");
    }

    [Theory]
    [InlineData("7fffffffffffffff")]
    [InlineData("ffffffffffffffffff")]
    [InlineData("-5")]
    [InlineData("5h")]
    public async Task An_invalid_or_excessive_chunk_size_is_rejected(string size)
    {
        var response = await api.PostRawAsync(
            "/pages/bad/updates",
            "Transfer-Encoding: chunked\r\n",
            $"5\r\nhello\r\n{size}\r\nx");

        IsolatedApi.AssertProblem(response, 400, "body");
        api.AssertNoErrorLogged();
    }

    [Theory]
    [InlineData("text/plain", 400, "body")]
    [InlineData("image/png", 415, "content-type")]
    public async Task A_trailer_that_is_not_text_is_rejected_without_an_error_in_the_log(
        string contentType,
        int status,
        string type)
    {
        var response = await api.PostRawAsync(
            "/pages/bad/updates",
            $"Content-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n",
            "5\r\nhello\r\n0\r\nX-Trailer: a\0\r\n\r\n");

        IsolatedApi.AssertProblem(response, status, type);
        api.AssertNoErrorLogged();
    }

    [Theory]
    [InlineData("HEAD / HTTP/1.1", 200)]
    [InlineData("HEAD /livestreams.js HTTP/1.1", 200)]
    [InlineData("GET /livestreams.js HTTP/1.1\r\nIf-None-Match: *", 304)]
    public async Task An_unexpected_chunked_body_is_ignored(string request, int status)
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--TryPage=true");
        using var raw = await RawHttp.ConnectAsync(process.Address);
        await raw.SendAsync(
            $"{request}\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\n\r\n");

        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "),
            await raw.ReceiveToEndAsync(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_disconnect_leave_no_error_in_the_log()
    {
        foreach (var request in new[]
        {
            "POST /pages/hung/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
            "POST /pages/hung/updates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf",
            "GET /pages/hung/events HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /pages/hung/updates HTTP/1.1\r\nHost: x\r\n\r\n",
        })
        {
            for (var i = 0; i < 100; i++)
            {
                using var raw = await RawHttp.ConnectAsync(api.Server.Address);
                await raw.SendAsync(request);
                raw.Reset();
            }
        }

        // These clients close the connection gracefully while the server waits for the rest of a body.
        for (var i = 0; i < 20; i++)
        {
            using var raw = await RawHttp.ConnectAsync(api.Server.Address);
            await raw.SendAsync(
                "POST /pages/hung/updates HTTP/1.1\r\nHost: x\r\n"
                + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 100", await raw.ReceiveAsync(), StringComparison.Ordinal);
            raw.EndSending();
            await raw.ReceiveToEndAsync();
        }

        await Wait.UntilAsync(
            async () => (await api.Client.GetJsonAsync("/pages/hung")).GetProperty("subscribers").GetInt32() == 0,
            "all subscribers have disconnected");
        api.AssertNoErrorLogged();
        Assert.True(!api.Server.Output.Contains("Exception", StringComparison.Ordinal), api.Server.Output);
    }
}
