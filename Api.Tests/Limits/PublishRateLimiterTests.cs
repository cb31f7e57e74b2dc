using System.Net;
using System.Text;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>The rates and bursts are so low that even a slow test exceeds them.</summary>
public sealed class PublishRateLimiterTests
{
    private const int Requests = 60;

    [Fact]
    public async Task A_publisher_over_its_rate_receives_Retry_After_and_others_continue()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5");
        var responses = await PostAsync(api, "127.0.0.2", page => $"/pages/p{page}/updates");

        Assert.StartsWith("HTTP/1.1 201", responses[0], StringComparison.Ordinal);
        var refused = responses
            .Where(response => response.StartsWith("HTTP/1.1 429", StringComparison.Ordinal))
            .ToArray();
        Assert.InRange(refused.Length, Requests / 2, Requests - 5);
        Assert.All(refused, response =>
        {
            Assert.Contains("\r\nRetry-After: 1\r\n", response, StringComparison.Ordinal);
            Assert.Contains("urn:livestreams:problem:publisher-rate", response, StringComparison.Ordinal);
        });

        Assert.StartsWith(
            "HTTP/1.1 201", (await PostAsync(api, "127.0.0.3", _ => "/pages/p1/updates"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publisher_with_a_token_is_counted_by_its_issuer_and_subject_from_every_address()
    {
        using var tokens = new TestTokens();
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5", $"--Auth:Keys:0:Secret={tokens.Secret}");
        await PostAsync(api, "127.0.0.2", page => $"/pages/p{page}/updates", Bearer("newsroom", expiresIn: 600));

        Assert.StartsWith(
            "HTTP/1.1 201",
            (await PostAsync(api, "127.0.0.2", _ => "/pages/p1/updates", Bearer("sports", expiresIn: 600)))[0],
            StringComparison.Ordinal);
        var elsewhere = await PostAsync(api, "127.0.0.3", _ => "/pages/p1/updates", Bearer("newsroom", expiresIn: 601));
        Assert.InRange(CountProblems(elsewhere, "publisher-rate"), Requests - 5, Requests);

        var namesake = Bearer("newsroom", expiresIn: 600, issuer: "https://other.example");
        Assert.StartsWith(
            "HTTP/1.1 201",
            (await PostAsync(api, "127.0.0.2", _ => "/pages/p1/updates", namesake))[0],
            StringComparison.Ordinal);

        string Bearer(string subject, int expiresIn, string issuer = TestTokens.Issuer) =>
            $"Authorization: Bearer {tokens.Hmac(Claims(subject, expiresIn, issuer))}\r\n";

        static string Claims(string subject, int expiresIn, string issuer) =>
            TestTokens.Claims(expiresIn: expiresIn, issuer: issuer).Insert(1, $"\"sub\":\"{subject}\",");
    }

    [Fact]
    public async Task A_page_accepts_no_more_than_its_rate_from_all_publishers_and_other_pages_continue()
    {
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecondPerPage=1", "--Limits:PublishBurstPerPage=5");
        await PostAsync(api, "127.0.0.2", _ => "/pages/busy/updates");
        var responses = await PostAsync(api, "127.0.0.3", _ => "/pages/busy/updates");

        Assert.InRange(CountProblems(responses, "page-rate"), Requests / 2, Requests);
        using var client = new ApiClient(api.Address);
        Assert.NotEmpty(await client.PublishAsync("quiet", "x"));
    }

    [Theory]
    [InlineData("POST", "/pages/busy/updates")]
    [InlineData("PUT", "/pages/busy/posts/a")]
    [InlineData("DELETE", "/pages/busy/posts/a")]
    [InlineData("DELETE", "/pages/busy")]
    public async Task Every_publishing_endpoint_counts_against_the_rate(string method, string path)
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=1");
        using var client = new ApiClient(api.Address);
        await Wait.UntilAsync(
            async () =>
            {
                using var content = new StringContent("x");
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
                using var response = await client.SendAsync(request);
                return response.StatusCode == HttpStatusCode.TooManyRequests;
            },
            "the request is refused");
    }

    [Fact]
    public async Task A_batch_line_over_the_rate_fails_alone()
    {
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecondPerPage=1", "--Limits:PublishBurstPerPage=10");
        using var client = new ApiClient(api.Address);
        var busy = Enumerable.Range(0, Requests).Select(n => $$"""{"page":"busy","data":"{{n}}"}""");
        var lines = string.Join('\n', [.. busy, """{"page":"quiet","data":"x"}""", ""]);
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates") { Content = content };
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var results = await ReadLinesAsync(response);
        Assert.Equal(Requests + 1, results.Length);
        Assert.All(results[..10], result => Assert.Contains("\"sequence\"", result, StringComparison.Ordinal));
        Assert.Contains(
            "{\"error\":{\"type\":\"urn:livestreams:problem:page-rate\",\"status\":429,",
            results[^2],
            StringComparison.Ordinal);
        Assert.Contains("\"sequence\":1,", results[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_batch_line_counts_for_its_publisher()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5");
        using var client = new ApiClient(api.Address);
        using var content = new StringContent(
            string.Concat(Enumerable.Repeat("not JSON\n", Requests)), Encoding.UTF8, "application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates") { Content = content };
        using var response = await client.SendAsync(request);

        var results = await ReadLinesAsync(response);
        Assert.InRange(CountProblems(results, "publisher-rate"), Requests / 2, Requests - 5);
    }

    [Fact]
    public async Task A_refused_request_publishes_nothing_and_the_server_does_not_wait_for_its_body()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=1");
        await PostAsync(api, "127.0.0.2", _ => "/pages/home/updates");
        using var raw = await RawHttp.ConnectAsync(api.Address, from: "127.0.0.2");
        const string request = "POST /pages/other/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";
        await raw.SendAsync(string.Concat(Enumerable.Repeat(request, 5)));
        await raw.SendAsync("POST /pages/late/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
        var responses = "";
        await Wait.UntilAsync(
            async () => (responses += await raw.ReceiveAsync()).Split("HTTP/1.1 ").Length == 7, "six responses");

        Assert.StartsWith("429", responses.Split("HTTP/1.1 ")[^1], StringComparison.Ordinal);
        using var client = new ApiClient(api.Address);
        Assert.Equal("0", (await client.GetJsonAsync("/pages/late")).GetProperty("head").GetString());
    }

    [Fact]
    public async Task An_update_that_its_token_does_not_grant_leaves_the_rate_of_its_page_to_others()
    {
        using var tokens = new TestTokens();
        await using var api = await InProcessApi.StartAsync(
            [
                "--Store=memory", "--Limits:PublishesPerSecondPerPage=1", "--Limits:PublishBurstPerPage=5",
                $"--Auth:Keys:0:Secret={tokens.Secret}",
            ],
            new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

        var refused = await PostAsync(
            api, "127.0.0.2", _ => "/pages/busy/updates", Bearer("""{"posts":["busy"]}"""));
        Assert.Equal(Requests, CountProblems(refused, "insufficient-scope"));

        var responses = await PostAsync(
            api, "127.0.0.3", _ => "/pages/busy/updates", Bearer("""{"publish":["busy"]}"""));
        Assert.Equal(6, responses.Count(response => response.StartsWith("HTTP/1.1 201", StringComparison.Ordinal)));

        string Bearer(string grants) => $"Authorization: Bearer {tokens.Hmac(TestTokens.Claims(grants))}\r\n";
    }

    [Fact]
    public async Task An_update_to_a_page_over_its_rate_is_refused_before_its_body_arrives()
    {
        await using var api = await InProcessApi.StartAsync(
            ["--Store=memory", "--Limits:PublishesPerSecondPerPage=1"],
            new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await PostAsync(api, "127.0.0.2", _ => "/pages/busy/updates");
        using var raw = await RawHttp.ConnectAsync(api.Address, from: "127.0.0.3");

        await raw.SendAsync("POST /pages/busy/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 429", await raw.ReceiveAsync(), StringComparison.Ordinal);
    }

    private static int CountProblems(string[] responses, string type) =>
        responses.Count(response => response.Contains($"urn:livestreams:problem:{type}", StringComparison.Ordinal));

    private static async Task<string[]> ReadLinesAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<InProcessApi> StartAsync(params string[] settings) =>
        InProcessApi.StartAsync(["--Store=memory", .. settings]);

    // Sends all requests at once, on one connection.
    private static async Task<string[]> PostAsync(
        InProcessApi api, string from, Func<int, string> path, string header = "")
    {
        using var raw = await RawHttp.ConnectAsync(api.Address, from: from);
        await raw.SendAsync(string.Concat(Enumerable.Range(1, Requests).Select(
            n => $"POST {path(n)} HTTP/1.1\r\nHost: x\r\n{header}"
                + (n == Requests ? "Connection: close\r\n" : "")
                + "Content-Length: 1\r\n\r\nx")));
        var responses = (await raw.ReceiveToEndAsync()).Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Requests, responses.Length);
        return [.. responses.Select(response => $"HTTP/1.1 {response}")];
    }
}
