using System.Net;
using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>What a stream of several pages refuses.</summary>
public sealed class PagesRefusalTests(SharedApi api)
{
    [Theory]
    [InlineData("/events", "pages")]
    [InlineData("/events?pages=home", "pages")]
    [InlineData("/events?page=", "page-name")]
    [InlineData("/events?page=home&page=%0A", "page-name")]
    [InlineData("/events?page=home&from=x", "query")]
    [InlineData("/events?page=home&from=-1&snapshot=true", "query")]
    [InlineData("/events?page=home&event=reset", "event-name")]
    [InlineData("/events?page=home&presence=1", "query")]
    [InlineData("/pages/home/events?presence=", "query")]
    [InlineData("/pages/home/events?event=", "event-name")]
    [InlineData("/pages/home/events?event=presence", "event-name")]
    public async Task A_query_that_is_not_valid_says_what_is_expected(string path, string problem)
    {
        using var response = await api.Client.GetAsync(path);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, problem);
    }

    [Theory]
    [InlineData("page", 100, true)]
    [InlineData("page", 101, false)]
    [InlineData("event", 20, true)]
    [InlineData("event", 21, false)]
    public async Task A_stream_has_at_most_100_pages_and_20_event_names(string name, int count, bool isTaken)
    {
        var names = string.Join('&', Enumerable.Range(0, count).Select(n => $"{name}=many{n}"));
        var page = name == "page" ? "" : "page=many&";
        using var response = await api.Client.OpenAsync(new(HttpMethod.Get, $"/events?{page}{names}"));
        Assert.Equal(isTaken, response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("application/json", "", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "null", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "[\"home\"]", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"events\":[]}", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"pages\":[]}", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"pages\":[1]}", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"pages\":[\"home\"],\"event\":[\"a\"]}", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"pages\":[\"home\"],\"presence\":\"true\"}", HttpStatusCode.BadRequest, "pages")]
    [InlineData("application/json", "{\"pages\":[\"home\",null]}", HttpStatusCode.BadRequest, "page-name")]
    [InlineData("text/plain", "{\"pages\":[\"home\"]}", HttpStatusCode.UnsupportedMediaType, "content-type")]
    public async Task A_body_that_is_not_valid_says_what_is_expected(
        string type, string body, HttpStatusCode status, string problem)
    {
        using var response = await PostAsync(api.Client, new StringContent(body, Encoding.UTF8, type));
        await AssertProblemAsync(response, status, problem);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var response = await PostAsync(
            api.Client, new StringContent(new string(' ', (256 * 1024) + 1), Encoding.UTF8, "application/json"));
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task A_private_page_needs_a_token_that_grants_it_however_many_others_are_listed()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=private:*", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        const string Path = "/events?page=home&page=private:a";
        var token = tokens.Hmac(TestTokens.Claims("""{"subscribe":["private:a"]}"""));

        using var anonymous = await client.GetAsync(Path);
        await AssertProblemAsync(anonymous, HttpStatusCode.Unauthorized, "token-needed");
        using var other = await GetAsync(client, $"{Path}&page=private:b", token);
        await AssertProblemAsync(other, HttpStatusCode.Forbidden, "insufficient-scope");
        using var granted = await GetAsync(client, Path, token);
        Assert.Equal(HttpStatusCode.OK, granted.StatusCode);
    }

    [Fact]
    public async Task All_streams_together_have_a_limit_of_pages_and_an_address_half_of_it()
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxStreamPages=200");
        using var client = new ApiClient(server.Address);
        var pages = Enumerable.Range(0, 52).Select(n => $"p{n}").ToArray();
        await using (await client.SubscribeToPagesAsync(pages))
        {
            using var refused = await client.GetAsync(ApiClient.EventsPathOf(pages));
            await AssertProblemAsync(refused, HttpStatusCode.TooManyRequests, "address-full");
            await using var single = await client.SubscribeAsync("p0");
            Assert.Equal(HttpStatusCode.OK, single.Response.StatusCode);
            await using var fits = await client.SubscribeToPagesAsync(pages[..48]);
            Assert.Equal(HttpStatusCode.OK, fits.Response.StatusCode);
        }

        await Wait.UntilAsync(
            async () =>
            {
                await using var again = await client.SubscribeToPagesAsync(pages);
                return again.Response.IsSuccessStatusCode;
            },
            "the pages of a stream that has ended are free again");
    }

    [Fact]
    public async Task The_pages_of_all_addresses_together_have_a_limit()
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxStreamPages=150");
        using var client = new ApiClient(server.Address);
        var pages = Enumerable.Range(0, 100).Select(n => $"p{n}").ToArray();
        using (var first = await FromAsync("198.51.100.1", pages))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            using var refused = await FromAsync("198.51.100.2", pages[..51]);
            await AssertProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "full");
            Assert.NotNull(refused.Headers.RetryAfter);
            using var fits = await FromAsync("198.51.100.2", pages[..50]);
            Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
            using var single = await client.OpenAsync(new(HttpMethod.Get, "/pages/p0/events"));
            Assert.Equal(HttpStatusCode.OK, single.StatusCode);
        }

        await Wait.UntilAsync(
            async () =>
            {
                using var again = await FromAsync("198.51.100.3", pages);
                return again.IsSuccessStatusCode;
            },
            "the pages of the streams that have ended are free again");

        Task<HttpResponseMessage> FromAsync(string address, string[] names)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, ApiClient.EventsPathOf(names));
            request.Headers.Add("X-Forwarded-For", address);
            return client.OpenAsync(request);
        }
    }

    [Fact]
    public async Task Each_page_counts_as_a_read()
    {
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory", "--Limits:ReadsPerSecondPerAddress=1", "--Limits:ReadBurstPerAddress=100");
        using var client = new ApiClient(server.Address);
        var pages = Enumerable.Range(0, 60).Select(n => $"p{n}").ToArray();
        await using var first = await client.SubscribeToPagesAsync(pages);
        Assert.Equal(HttpStatusCode.OK, first.Response.StatusCode);
        using var second = await client.GetAsync(ApiClient.EventsPathOf(pages));
        await AssertProblemAsync(second, HttpStatusCode.TooManyRequests, "read-rate");
    }

    private static Task<HttpResponseMessage> PostAsync(ApiClient client, HttpContent content) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content });

    private static Task<HttpResponseMessage> GetAsync(ApiClient client, string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        return client.OpenAsync(request);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string slug)
    {
        Assert.Equal(status, response.StatusCode);
        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal($"urn:livestreams:problem:{slug}", problem.GetProperty("type").GetString());
    }
}
