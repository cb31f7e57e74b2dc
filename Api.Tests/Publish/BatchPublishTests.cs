using System.Text;
using System.Text.Json;
using LiveStreams.Api.Tests.Fuzz;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>A batch: many updates in the lines of one request.</summary>
public sealed class BatchPublishTests(UnthrottledApi api) : IClassFixture<UnthrottledApi>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_publishes_each_valid_line_and_rejects_each_invalid_line()
    {
        await using var home = await api.Client.SubscribeAsync("batch home");
        await using var away = await api.Client.SubscribeAsync("batch away");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent("""
                {"page":"batch home","data":"1","event":"score"}
                {"page":"batch away","data":{"goals":[1, 2]},"key":"k"}

                not json
                {"page":"batch home"}
                {"page":"a{b","data":"x"}
                {"page":"batch home","data":"x","event":"a\nb"}
                {"page":"batch home","data":"\ud800"}
                {"page":"batch home","data":"x","keep":"no"}
                {"page":"batch away","data":{"goals":[1, 2]},"key":"k"}
                {"page":"batch away","data":"other","key":"k"}
                {"page":"batch home","data":"2\n3"}
                """, Encoding.UTF8, "application/x-ndjson"),
        };

        using var response = await api.Client.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync(Ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToArray();

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["", "", "data", "data", "page-name", "event-name", "data", "query", "", "key-reused", ""],
            lines.Select(ReadErrorType));
        Assert.Equal(lines[1].GetProperty("id").GetString(), lines[8].GetProperty("id").GetString());
        Assert.Equal([1, 2], new[] { lines[0], lines[10] }.Select(line => line.GetProperty("sequence").GetInt64()));
        Assert.Equal(["1", "2\n3"], await home.NextDataAsync(2));
        Assert.Equal("""{"goals":[1, 2]}""", (await away.NextAsync()).Data);
    }

    [Fact]
    public async Task A_batch_of_thousands_of_lines_is_published_in_order()
    {
        const int Lines = 5000;
        var body = string.Join(
            '\n',
            Enumerable.Range(1, Lines).Select(n => $$"""{"page":"long batch {{n % 7}}","data":"{{n}}"}"""));
        using var response = await api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson"),
        });

        var results = (await response.Content.ReadAsStringAsync(Ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(Lines, results.Length);
        await using var stream = await api.Client.SubscribeAsync("long batch 3", query: "?from=-2");
        Assert.Equal(["4987", "4994"], await stream.NextDataAsync(2));
    }

    [Fact]
    public async Task A_batch_of_too_many_lines_is_refused_whole()
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxBatchLines=3");
        using var client = new ApiClient(server.Address);
        const string line = "{\"page\":\"home\",\"data\":\"x\"}\n";

        using (var tooMany = await SendAsync(client, string.Concat(Enumerable.Repeat(line, 3)) + line.TrimEnd()))
        {
            Assert.Equal(413, (int)tooMany.StatusCode);
            var problem = await tooMany.Content.ReadAsStringAsync(Ct);
            Assert.Contains("urn:livestreams:problem:too-large", problem, StringComparison.Ordinal);
        }

        Assert.Equal("0", (await client.GetJsonAsync("/pages/home")).GetProperty("head").GetString());
        using var most = await SendAsync(client, string.Concat(Enumerable.Repeat(line, 3)));
        var results = await most.Content.ReadAsStringAsync(Ct);
        Assert.Equal(3, results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("1\n")]
    [InlineData("\n")]
    public async Task Four_megabytes_of_short_lines_get_a_short_response(string line)
    {
        var batch = string.Concat(Enumerable.Repeat(line, 4_000_000 / line.Length));

        using var response = await SendAsync(api.Client, batch);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(Ct)).Length, 1, 1000);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_client_that_does_not_read_the_response_of_its_batch_is_disconnected()
    {
        using var server = await ServerProcess.StartAsync(["--Store=memory", .. ServerProcess.Unthrottled]);
        var before = ServerResources.CountSockets(server);
        var body = string.Concat(Enumerable.Repeat("1\n", 10_000));
        using var raw = await RawHttp.ConnectAsync(server.Address, receiveBuffer: 4096);
        await raw.SendAsync(
            "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 200", await raw.ReceiveAsync(most: 16), StringComparison.Ordinal);

        await Wait.UntilAsync(
            () => Task.FromResult(ServerResources.CountSockets(server) == before), "the connection is closed");
    }

    [Fact]
    public async Task The_reader_of_a_batch_is_charged_for_the_batch_and_cut_by_the_deadlines_of_any_response()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await InProcessApi.StartAsync(["--Store=memory", .. ServerProcess.Unthrottled], time);
        using var client = new ApiClient(server.Address);
        var body = string.Concat(Enumerable.Repeat("1\n", 9_999)) + """{"page":"home","data":"last"}""";
        using var raw = await RawHttp.ConnectAsync(server.Address, receiveBuffer: 4096);
        await raw.SendAsync(
            "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");

        await Wait.UntilAsync(() => server.Feeds.Unsent.HeldBytes > body.Length + (16 * 1024), "it is charged");
        Assert.InRange(server.Feeds.Unsent.HeldBytes, 0, body.Length + (24 * 1024));
        await Wait.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return server.Feeds.Unsent.StallCuts == 1;
            },
            "the reader is cut");

        await Wait.UntilAsync(() => server.Feeds.Unsent.HeldBytes == 0, "the batch is released");
        Assert.Equal(1, (await client.GetJsonAsync("/pages/home")).GetProperty("updates").GetInt32());
    }

    private static Task<HttpResponseMessage> SendAsync(ApiClient client, string body) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson"),
        });

    // Returns the last part of the problem type, or an empty string for a published update.
    private static string ReadErrorType(JsonElement line) =>
        line.TryGetProperty("error", out var error) ? error.GetProperty("type").GetString()!.Split(':')[^1] : "";
}
