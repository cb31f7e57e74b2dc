using System.Net;
using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>The rates are so low, and the bursts so small, that no test is slow enough to get by.</summary>
public sealed class PublishRateLimiterTests
{
    private const int Asked = 60;

    [Fact]
    public async Task A_publisher_that_is_too_fast_is_told_when_to_come_back_and_others_go_on()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5");
        var answers = await PostAsync(api, "127.0.0.2", page => $"/pages/p{page}/updates");

        Assert.StartsWith("HTTP/1.1 201", answers[0], StringComparison.Ordinal);
        var refused = answers.Where(answer => answer.StartsWith("HTTP/1.1 429", StringComparison.Ordinal)).ToArray();
        Assert.InRange(refused.Length, Asked / 2, Asked - 5);
        Assert.All(refused, answer =>
        {
            Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("urn:livestreams:problem:publisher-rate", answer, StringComparison.Ordinal);
        });

        Assert.StartsWith("HTTP/1.1 201", (await PostAsync(api, "127.0.0.3", _ => "/pages/p1/updates"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_shows_a_token_counts_by_its_subject_from_wherever_it_comes()
    {
        using var tokens = new TestTokens();
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5", $"--Auth:Keys:0:Secret={tokens.Secret}");
        await PostAsync(api, "127.0.0.2", page => $"/pages/p{page}/updates", Bearer("newsroom", expiresIn: 600));

        Assert.StartsWith("HTTP/1.1 201", (await PostAsync(api, "127.0.0.2", _ => "/pages/p1/updates", Bearer("sports", expiresIn: 600)))[0], StringComparison.Ordinal);
        var elsewhere = await PostAsync(api, "127.0.0.3", _ => "/pages/p1/updates", Bearer("newsroom", expiresIn: 601));
        Assert.InRange(elsewhere.Count(answer => answer.Contains("urn:livestreams:problem:publisher-rate", StringComparison.Ordinal)), Asked - 5, Asked);

        string Bearer(string subject, int expiresIn) =>
            $"Authorization: Bearer {tokens.Hmac(TestTokens.Claims(expiresIn: expiresIn).Insert(1, $"\"sub\":\"{subject}\","))}\r\n";
    }

    [Fact]
    public async Task A_page_takes_no_more_than_its_rate_from_all_publishers_together_and_other_pages_go_on()
    {
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecondPerPage=1", "--Limits:PublishBurstPerPage=5");
        await PostAsync(api, "127.0.0.2", _ => "/pages/busy/updates");
        var answers = await PostAsync(api, "127.0.0.3", _ => "/pages/busy/updates");

        Assert.InRange(answers.Count(answer => answer.Contains("urn:livestreams:problem:page-rate", StringComparison.Ordinal)), Asked / 2, Asked);
        using var client = new ApiClient(api.Address);
        Assert.NotEmpty(await client.PublishAsync("quiet", "x"));
    }

    [Theory]
    [InlineData("POST", "/pages/busy/updates")]
    [InlineData("PUT", "/pages/busy/posts/a")]
    [InlineData("DELETE", "/pages/busy/posts/a")]
    [InlineData("DELETE", "/pages/busy")]
    public async Task Every_way_to_publish_counts(string method, string path)
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=1");
        using var client = new ApiClient(api.Address);
        await Wait.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("x") };
                using var response = await client.SendAsync(request);
                return response.StatusCode == HttpStatusCode.TooManyRequests;
            },
            "it is refused");
    }

    [Fact]
    public async Task A_line_of_a_batch_that_is_over_the_rate_fails_alone()
    {
        await using var api = await StartAsync(
            "--Limits:PublishesPerSecondPerPage=1", "--Limits:PublishBurstPerPage=10");
        using var client = new ApiClient(api.Address);
        var lines = string.Concat(Enumerable.Range(0, Asked).Select(n => $"{{\"page\":\"busy\",\"data\":\"{n}\"}}\n")) + "{\"page\":\"quiet\",\"data\":\"x\"}\n";
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates") { Content = content };
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Asked + 1, answers.Length);
        Assert.All(answers[..10], answer => Assert.Contains("\"sequence\"", answer, StringComparison.Ordinal));
        Assert.Contains("{\"error\":{\"type\":\"urn:livestreams:problem:page-rate\",\"status\":429,", answers[^2], StringComparison.Ordinal);
        Assert.Contains("\"sequence\":1,", answers[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_a_batch_that_is_wrong_counts_for_its_publisher()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=5");
        using var client = new ApiClient(api.Address);
        using var content = new StringContent(string.Concat(Enumerable.Repeat("not JSON\n", Asked)), Encoding.UTF8, "application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates") { Content = content };
        using var response = await client.SendAsync(request);

        var answers = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(answers.Count(answer => answer.Contains("urn:livestreams:problem:publisher-rate", StringComparison.Ordinal)), Asked / 2, Asked - 5);
    }

    [Fact]
    public async Task What_is_refused_is_not_published_and_its_body_is_not_waited_for()
    {
        await using var api = await StartAsync("--Limits:PublishesPerSecond=1", "--Limits:PublishBurst=1");
        await PostAsync(api, "127.0.0.2", _ => "/pages/home/updates");
        using var raw = await RawHttp.ConnectAsync(api.Address, from: "127.0.0.2");
        await raw.SendAsync(string.Concat(Enumerable.Repeat("POST /pages/other/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 5)));
        await raw.SendAsync("POST /pages/late/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
        var answers = "";
        await Wait.UntilAsync(async () => (answers += await raw.ReceiveAsync()).Split("HTTP/1.1 ").Length == 7, "six answers");

        Assert.StartsWith("429", answers.Split("HTTP/1.1 ")[^1], StringComparison.Ordinal);
        using var client = new ApiClient(api.Address);
        Assert.Equal("0", (await client.GetJsonAsync("/pages/late")).GetProperty("head").GetString());
    }

    private static Task<InProcessApi> StartAsync(params string[] settings) =>
        InProcessApi.StartAsync(["--Store=memory", .. settings]);

    // All at once, on one connection.
    private static async Task<string[]> PostAsync(
        InProcessApi api, string from, Func<int, string> path, string header = "")
    {
        using var raw = await RawHttp.ConnectAsync(api.Address, from: from);
        await raw.SendAsync(string.Concat(Enumerable.Range(1, Asked).Select(
            n => $"POST {path(n)} HTTP/1.1\r\nHost: x\r\n{header}{(n == Asked ? "Connection: close\r\n" : "")}Content-Length: 1\r\n\r\nx")));
        var answers = (await raw.ReceiveToEndAsync()).Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Asked, answers.Length);
        return [.. answers.Select(answer => $"HTTP/1.1 {answer}")];
    }
}
