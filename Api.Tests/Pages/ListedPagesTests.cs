using LiveStreams.Api.Tests.Security;

namespace LiveStreams.Api.Tests.Pages;

/// <summary>Who sees which pages in the list, on a server that requires tokens to publish.</summary>
public sealed class ListedPagesTests(AuthenticatedApi api) : IClassFixture<AuthenticatedApi>
{
    private static readonly string[] _pages = ["listed", "listed:1", "listed:2", "private:1", "private:2", "private:3"];

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"end":["*"]}""", "")]
    [InlineData("""{"publish":["listed:*"]}""", "listed:1, listed:2")]
    [InlineData("""{"publish":["listed"],"events":["score"]}""", "listed")]
    [InlineData("""{"posts":["listed:2"]}""", "listed:2")]
    [InlineData("""{"subscribe":["private:2","listed*"]}""", "listed, listed:1, listed:2, private:2")]
    [InlineData("""{"publish":["private:3"],"subscribe":["private:*","private:1"]}""",
        "private:1, private:2, private:3")]
    [InlineData("""{"publish":["*"]}""", "listed, listed:1, listed:2, private:1, private:2, private:3")]
    public async Task A_token_lists_the_pages_that_it_may_publish_to_or_read(string grants, string expected)
    {
        await PublishAllAsync();

        Assert.Equal(expected, string.Join(", ", await ListAsync(grants, "limit=1000")));
        Assert.Equal(
            expected.Split(", ").Where(page => page.StartsWith("private", StringComparison.Ordinal)),
            await ListAsync(grants, "prefix=private"));
    }

    [Fact]
    public async Task Hidden_pages_leave_no_gap_in_a_block()
    {
        await PublishAllAsync();
        const string Grants = """{"publish":["listed:2"],"subscribe":["private:1","private:3"]}""";

        Assert.Equal(["listed:2", "private:1"], await ListAsync(Grants, "limit=2"));
        Assert.Equal(["private:3"], await ListAsync(Grants, "limit=2&after=private:1"));
    }

    [Fact]
    public async Task A_list_needs_a_valid_token_where_publishing_does()
    {
        using var without = await api.Client.GetAsync("/pages");
        using var expired = await GetAsync("/pages", api.Tokens.Hmac(TestTokens.Claims(expiresIn: -60)));

        Assert.Equal((401, "Bearer"), ((int)without.StatusCode, without.Headers.WwwAuthenticate.ToString()));
        Assert.Equal(
            (401, "Bearer error=\"invalid_token\""),
            ((int)expired.StatusCode, expired.Headers.WwwAuthenticate.ToString()));
    }

    private async Task PublishAllAsync()
    {
        foreach (var page in _pages)
        {
            using var response = await PageEndpoint.Publishing[0].SendAsync(
                api.Client, page, ("Authorization", $"Bearer {api.Tokens.Hmac()}"));
            Assert.Equal(201, (int)response.StatusCode);
        }
    }

    private async Task<IEnumerable<string>> ListAsync(string grants, string query)
    {
        using var response = await GetAsync($"/pages?{query}", api.Tokens.Hmac(TestTokens.Claims(grants)));
        Assert.Equal(200, (int)response.StatusCode);
        var list = await ApiClient.JsonAsync(response);
        return list.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("page").GetString()!);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Authorization", $"Bearer {token}");
        return await api.Client.SendAsync(request);
    }
}
