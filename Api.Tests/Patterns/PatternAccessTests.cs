using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>Under a pattern, a page that the client may not read is as if it did not exist.</summary>
public sealed class PatternAccessTests : IAsyncLifetime
{
    private readonly TestTokens _tokens = new();
    private InProcessApi _server = null!;
    private ApiClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await InProcessApi.StartAsync(
        [
            "--Store=memory", "--Auth:PrivatePages=news:private:*", "--Auth:AllowQueryToken=true", .. _tokens.Settings,
        ]);
        _client = new ApiClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _tokens.Dispose();
    }

    [Fact]
    public async Task Private_pages_show_neither_when_they_exist_nor_when_they_are_born()
    {
        await PublishAsync("news:private:old", "1");
        await PublishAsync("news:public", "2");
        await using var stream = await _client.SubscribeToPatternAsync("news:*", query: "&from=earliest");
        Assert.Equal("news:public", (await stream.NextPageEventAsync()).Page);

        await PublishAsync("news:private:old", "3");
        await PublishAsync("news:private:new", "4");
        await PublishAsync("news:public too", "5");

        var next = await stream.NextPageEventAsync();
        Assert.Equal(("news:public too", "5"), (next.Page, next.Data));
    }

    [Fact]
    public async Task A_token_shows_the_private_pages_that_it_grants()
    {
        var token = _tokens.Hmac(TestTokens.Claims("""{"subscribe":["news:private:a*"]}"""));
        await PublishAsync("news:private:a1", "1");
        await PublishAsync("news:private:b1", "2");
        await using var stream = await _client.SubscribeToPatternAsync(
            "news:private:*", query: $"&from=earliest&access_token={token}");
        Assert.Equal("news:private:a1", (await stream.NextPageEventAsync()).Page);

        await PublishAsync("news:private:b2", "3");
        await PublishAsync("news:private:a2", "4");

        Assert.Equal("news:private:a2", (await stream.NextPageEventAsync()).Page);
    }

    [Theory]
    [InlineData("news:*", HttpStatusCode.Unauthorized)]
    [InlineData("news:private:a*", HttpStatusCode.Unauthorized)]
    [InlineData("weather:*", HttpStatusCode.OK)]
    public async Task A_cookie_that_has_expired_is_refused_where_private_pages_would_be_missing(
        string pattern, HttpStatusCode status)
    {
        var token = _tokens.Hmac(TestTokens.Claims("""{"subscribe":["*"]}""", expiresIn: -3600));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/events?pattern={pattern}");
        request.Headers.Add("Cookie", $"livestreams_token={token}");
        using var response = await _client.OpenAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("""{"subscribe":["news:*"]}""", HttpStatusCode.Forbidden)]
    [InlineData("""{"subscribe":["*"]}""", HttpStatusCode.OK)]
    public async Task All_pages_at_once_need_a_grant_where_publishing_does(string? grants, HttpStatusCode status)
    {
        var token = grants is null ? "" : $"&access_token={_tokens.Hmac(TestTokens.Claims(grants))}";
        using var response = await _client.OpenAsync(new(HttpMethod.Get, $"/events?pattern=*{token}"));
        Assert.Equal(status, response.StatusCode);
    }

    private async Task PublishAsync(string page, string data)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ApiClient.PathOf(page)}/updates")
        {
            Content = new StringContent(data),
        };
        var token = _tokens.Hmac(TestTokens.Claims("""{"publish":["*"]}"""));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }
}
