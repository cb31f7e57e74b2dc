using System.Globalization;
using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>Bad input gets a status and a problem document, and nothing is published.</summary>
public sealed class BadInputTests(BadInputTests.OwnApi api) : IClassFixture<BadInputTests.OwnApi>
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
    public Task A_bad_query_is_refused(string query, string type) => RefusedAsync($"/pages/bad/updates{query}", "x", 400, type);

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
    [InlineData("/pages/x/../bad/updates")]
    [InlineData("/pages/./bad/updates")]
    public async Task A_bad_page_name_is_refused(string path)
    {
        var answer = await RawPostAsync(path, "Content-Type: text/plain\r\nContent-Length: 1\r\n", "x");
        AssertProblem(answer, 400, "page-name");
    }

    [Fact]
    public Task A_name_of_201_characters_is_refused() => RefusedAsync($"/pages/{new string('a', 201)}/updates", "x", 400, "page-name");

    [Theory]
    [InlineData("application/json", "{\"a\":", 400, "data")]
    [InlineData("application/json", "", 400, "data")]
    [InlineData("application/json", "{} {}", 400, "data")]
    [InlineData("application/json", "NaN", 400, "data")]
    [InlineData("application/octet-stream", "x", 415, "content-type")]
    [InlineData("multipart/form-data; boundary=x", "x", 415, "content-type")]
    [InlineData("text/plain; charset=iso-8859-1", "x", 415, "content-type")]
    [InlineData("nonsense", "x", 415, "content-type")]
    public async Task A_body_that_is_not_what_it_says_is_refused(string contentType, string body, int status, string type) =>
        AssertProblem(
            await RawPostAsync("/pages/bad/updates", $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n", body), status, type);

    [Fact]
    public async Task Json_nested_too_deep_is_refused()
    {
        var deep = new string('[', 10_000);
        AssertProblem(await RawPostAsync("/pages/bad/updates", $"Content-Type: application/json\r\nContent-Length: {deep.Length}\r\n", deep), 400, "data");
    }

    [Fact]
    public async Task Text_that_is_not_utf_8_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pages/bad/updates") { Content = new ByteArrayContent([0x61, 0xC0, 0xAF]) };
        using var response = await api.Client.SendAsync(request);
        await AssertProblemAsync(response, 400, "data");
    }

    [Theory]
    [InlineData("")]
    [InlineData("ključ")]
    [InlineData("129")]
    public async Task A_bad_idempotency_key_is_refused(string key)
    {
        key = key == "129" ? new string('k', 129) : key;
        AssertProblem(await RawPostAsync("/pages/bad/updates", $"Idempotency-Key: {key}\r\nContent-Length: 1\r\n", "x"), 400, "idempotency-key");
    }

    [Fact]
    public async Task The_largest_update_is_taken_and_one_byte_more_is_not()
    {
        var largest = new string('x', MaxUpdateBytes);
        Assert.NotEmpty(await api.Client.PublishAsync("large", largest));
        await using var stream = await api.Client.SubscribeAsync("large", lastEventId: "0");
        Assert.Equal(largest, (await stream.NextAsync()).Data);

        using var response = await api.Client.PostAsync("large", largest + "x");
        await AssertProblemAsync(response, 413, "too-large");
        Assert.Equal(1, (await api.Client.GetJsonAsync("/pages/large")).GetProperty("updates").GetInt64());
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_bounded_too()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("POST /pages/bad/updates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = $"{65536:x}\r\n{new string('x', 65536)}\r\n";
        for (var i = 0; i < 5; i++)
        {
            await raw.SendAsync(chunk);
        }

        AssertProblem(await raw.ReceiveAsync(), 413, "too-large");
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n", "only a part")]
    [InlineData("Transfer-Encoding: chunked\r\n", "b\r\nonly a part\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "b\r\nonly a")]
    public async Task A_body_cut_off_half_way_publishes_nothing(string headers, string part)
    {
        using (var raw = await RawHttp.ConnectAsync(api.Server.Address))
        {
            await raw.SendAsync($"POST /pages/cut/updates HTTP/1.1\r\nHost: x\r\n{headers}\r\n{part}");
            raw.EndSending();
            Assert.DoesNotContain("HTTP/1.1 2", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/cut")).GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("7fffffffffffffff")]
    [InlineData("ffffffffffffffffff")]
    [InlineData("-5")]
    [InlineData("5h")]
    public async Task A_chunk_whose_size_is_none_or_too_large_for_any_body_is_refused(string size)
    {
        AssertProblem(await RawPostAsync("/pages/bad/updates", "Transfer-Encoding: chunked\r\n", $"5\r\nhello\r\n{size}\r\nx"), 400, "body");
        Assert.True(!api.Server.Output.Contains("fail:", StringComparison.Ordinal), api.Server.Output);
    }

    [Theory]
    [InlineData("text/plain", 400, "body")]
    [InlineData("image/png", 415, "content-type")]
    public async Task A_trailer_that_is_no_text_is_refused_and_leaves_no_error_in_the_log(string contentType, int status, string type)
    {
        var headers = $"Content-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n";
        AssertProblem(await RawPostAsync("/pages/bad/updates", headers, "5\r\nhello\r\n0\r\nX-Trailer: a\0\r\n\r\n"), status, type);
        Assert.True(!api.Server.Output.Contains("fail:", StringComparison.Ordinal), api.Server.Output);
    }

    [Theory]
    [InlineData("HEAD / HTTP/1.1", 200)]
    [InlineData("HEAD /livestreams.js HTTP/1.1", 200)]
    [InlineData("GET /livestreams.js HTTP/1.1\r\nIf-None-Match: *", 304)]
    public async Task A_body_in_chunks_where_none_is_expected_is_passed_over(string request, int status)
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--TryPage=true");
        using var raw = await RawHttp.ConnectAsync(process.Address);
        await raw.SendAsync($"{request}\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_hang_up_leave_no_error_in_the_log()
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

        // In good order too, while the server waits for the rest of a body.
        for (var i = 0; i < 20; i++)
        {
            using var raw = await RawHttp.ConnectAsync(api.Server.Address);
            await raw.SendAsync("POST /pages/hung/updates HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 100", await raw.ReceiveAsync(), StringComparison.Ordinal);
            raw.EndSending();
            await raw.ReceiveToEndAsync();
        }

        await Wait.UntilAsync(async () => (await api.Client.GetJsonAsync("/pages/hung")).GetProperty("subscribers").GetInt32() == 0, "all have gone");
        Assert.True(!api.Server.Output.Contains("fail:", StringComparison.Ordinal), api.Server.Output);
        Assert.True(!api.Server.Output.Contains("Exception", StringComparison.Ordinal), api.Server.Output);
    }

    [Fact]
    public async Task A_batch_cut_off_half_way_publishes_nothing()
    {
        using (var raw = await RawHttp.ConnectAsync(api.Server.Address))
        {
            await raw.SendAsync("POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{\"page\":\"cut\",\"data\":\"x\"}\n");
            raw.EndSending();
            Assert.DoesNotContain("HTTP/1.1 2", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/cut")).GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("PUT", "/pages/bad/updates", 405)]
    [InlineData("DELETE", "/pages/bad/events", 405)]
    [InlineData("GET", "/updates", 405)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/pages/a/b/updates", 404)]
    public async Task What_does_not_exist_is_a_problem_document_too(string method, string path, int status)
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
    public async Task A_question_that_is_not_understood_is_refused(string path)
    {
        using var response = await api.Client.GetAsync(path);
        await AssertProblemAsync(response, 400, "query");
    }

    private async Task RefusedAsync(string path, string body, int status, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        using var response = await api.Client.SendAsync(request);
        await AssertProblemAsync(response, status, type);
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/bad")).GetProperty("head").GetString());
    }

    private async Task<string> RawPostAsync(string path, string headers, string body)
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n{body}");
        var answer = await raw.ReceiveToEndAsync();
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/bad")).GetProperty("head").GetString());
        return answer;
    }

    private static void AssertProblem(string answer, int status, string type)
    {
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains($"\"type\":\"urn:livestreams:problem:{type}\"", answer, StringComparison.Ordinal);
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

    /// <summary>A server whose log has nothing of other tests in it.</summary>
    public sealed class OwnApi : SharedApi;
}
