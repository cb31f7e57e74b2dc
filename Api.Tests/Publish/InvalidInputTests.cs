using System.Net;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>Invalid input is rejected with a status and a problem document, and nothing is published.</summary>
public sealed class InvalidInputTests(IsolatedApi api) : IClassFixture<IsolatedApi>
{
    private const int MaxUpdateBytes = 256 * 1024;

    [Theory]
    [InlineData("?event=a%0Ab", "event-name")]
    [InlineData("?event=a%0Db", "event-name")]
    [InlineData("?event=a%0D%0Adata:%20x", "event-name")]
    [InlineData("?event=a%00b", "event-name")]
    [InlineData("?event=a%7Fb", "event-name")]
    [InlineData("?event=a%C2%85b", "event-name")]
    [InlineData("?event=", "event-name")]
    [InlineData("?event=reset", "event-name")]
    [InlineData("?event=end", "event-name")]
    [InlineData("?keep=maybe", "query")]
    public Task An_invalid_publish_query_is_rejected(string query, string type) =>
        AssertRejectedAsync($"/pages/bad/updates{query}", "x", 400, type);

    [Theory]
    [InlineData("/pages/a%7Bb/updates")]
    [InlineData("/pages/a%7Db/updates")]
    [InlineData("/pages/a%0Ab/updates")]
    [InlineData("/pages/a%E2%80%8Eb/updates")]
    [InlineData("/pages/a%FFb/updates")]
    [InlineData("/pages/a%C0%AFb/updates")]
    [InlineData("/pages/a%ED%A0%80b/updates")]
    [InlineData("/pages/a%2/updates")]
    [InlineData("/pages/a%zz/updates")]
    public async Task An_invalid_page_name_is_rejected(string path)
    {
        var response = await api.PostRawAsync(path, "Content-Type: text/plain\r\nContent-Length: 1\r\n", "x");

        IsolatedApi.AssertProblem(response, 400, "page-name");
    }

    [Fact]
    public Task A_page_name_of_201_characters_is_rejected() =>
        AssertRejectedAsync($"/pages/{new string('a', 201)}/updates", "x", 400, "page-name");

    [Theory]
    [InlineData("application/json", "{\"a\":", 400, "data")]
    [InlineData("application/json", "", 400, "data")]
    [InlineData("application/json", "{} {}", 400, "data")]
    [InlineData("application/json", "NaN", 400, "data")]
    [InlineData("application/octet-stream", "x", 415, "content-type")]
    [InlineData("multipart/form-data; boundary=x", "x", 415, "content-type")]
    [InlineData("text/plain; charset=iso-8859-1", "x", 415, "content-type")]
    [InlineData("nonsense", "x", 415, "content-type")]
    public async Task A_body_with_an_unsupported_or_wrong_content_type_is_rejected(
        string contentType,
        string body,
        int status,
        string type)
    {
        var response = await api.PostRawAsync(
            "/pages/bad/updates",
            $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n",
            body);

        IsolatedApi.AssertProblem(response, status, type);
    }

    [Fact]
    public async Task Json_that_is_nested_too_deeply_is_rejected()
    {
        var deep = new string('[', 10_000);
        var response = await api.PostRawAsync(
            "/pages/bad/updates",
            $"Content-Type: application/json\r\nContent-Length: {deep.Length}\r\n",
            deep);

        IsolatedApi.AssertProblem(response, 400, "data");
    }

    [Fact]
    public async Task Text_that_is_not_utf_8_is_rejected()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pages/bad/updates")
        {
            Content = new ByteArrayContent([0x61, 0xC0, 0xAF]),
        };
        using var response = await api.Client.SendAsync(request);

        await AssertProblemAsync(response, 400, "data");
    }

    [Theory]
    [InlineData("")]
    [InlineData("ključ")]
    [InlineData("129")]
    public async Task An_invalid_idempotency_key_is_rejected(string key)
    {
        key = key == "129" ? new string('k', 129) : key;
        var response = await api.PostRawAsync(
            "/pages/bad/updates",
            $"Idempotency-Key: {key}\r\nContent-Length: 1\r\n",
            "x");

        IsolatedApi.AssertProblem(response, 400, "idempotency-key");
    }

    [Fact]
    public async Task The_largest_update_is_accepted_and_one_byte_more_is_rejected()
    {
        var largest = new string('x', MaxUpdateBytes);
        Assert.NotEmpty(await api.Client.PublishAsync("large", largest));
        await using var stream = await api.Client.SubscribeAsync("large", lastEventId: "0");
        Assert.Equal(largest, (await stream.NextAsync()).Data);

        using var response = await api.Client.PostAsync("large", largest + "x");

        await AssertProblemAsync(response, 413, "too-large");
        Assert.Equal(1, (await api.Client.GetJsonAsync("/pages/large")).GetProperty("updates").GetInt64());
    }

    [Theory]
    [InlineData("PUT", "/pages/bad/updates", 405)]
    [InlineData("DELETE", "/pages/bad/events", 405)]
    [InlineData("GET", "/updates", 405)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/pages/a/b/updates", 404)]
    [InlineData("GET", "/pages/a/", 404)]
    public async Task An_unknown_route_or_method_returns_a_problem_document(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await api.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/pages/bad/events?from=latest")]
    [InlineData("/pages/bad/events?from=5")]
    [InlineData("/pages/bad/events?from=--5")]
    [InlineData("/pages/bad/events?since=yesterday")]
    [InlineData("/pages/bad/events?since=10")]
    [InlineData("/pages/bad/events?since=1/2/2026")]
    [InlineData("/pages/bad/updates?limit=0")]
    [InlineData("/pages/bad/updates?limit=1001")]
    [InlineData("/pages/bad/updates?limit=x")]
    [InlineData("/pages/bad/updates?after=x")]
    public async Task An_invalid_read_query_is_rejected(string path)
    {
        using var response = await api.Client.GetAsync(path);

        await AssertProblemAsync(response, 400, "query");
    }

    private async Task AssertRejectedAsync(string path, string body, int status, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        using var response = await api.Client.SendAsync(request);

        await AssertProblemAsync(response, status, type);
        await api.AssertNothingPublishedAsync("bad");
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string type)
    {
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal($"urn:livestreams:problem:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
    }
}
