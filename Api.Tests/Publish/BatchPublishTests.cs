using System.Text;
using System.Text.Json;

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

    // Returns the last part of the problem type, or an empty string for a published update.
    private static string ReadErrorType(JsonElement line) =>
        line.TryGetProperty("error", out var error) ? error.GetProperty("type").GetString()!.Split(':')[^1] : "";
}
