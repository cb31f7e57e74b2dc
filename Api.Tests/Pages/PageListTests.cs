using System.Text;
using System.Text.Json;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Pages;

/// <summary>The list of pages, on a server that lets everyone publish.</summary>
public sealed class PageListTests : IAsyncLifetime
{
    private const string Secret = "the secret of a server that lets everyone publish";

    private InProcessApi _api = null!;
    private ApiClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await InProcessApi.StartAsync(
            $"--Auth:Keys:0:Secret={Secret}",
            "--Auth:AnonymousPublish=true",
            "--Auth:PrivatePages=news:private*,news:x",
            "--Cors:Origins=https://a.example");
        _client = new ApiClient(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Pages_are_listed_with_head_time_and_end()
    {
        var head = await _client.PublishAsync("home", "a");
        var time = (await _client.GetJsonAsync("/pages/home/updates")).GetProperty("updates")[0].GetProperty("time");
        await _client.PublishAsync("live", "b", query: "?keep=false");
        using var end = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/pages/over"));

        var list = await _client.GetJsonAsync("/pages");

        Assert.Equal(["home", "live", "over"], NamesOf(list));
        Assert.Equal(
            $$"""{"page":"home","head":"{{head}}","time":{{time.GetRawText()}},"ended":false}""",
            list.GetProperty("pages")[0].GetRawText());
        Assert.Equal("0", list.GetProperty("pages")[1].GetProperty("head").GetString());
        Assert.True(list.GetProperty("pages")[2].GetProperty("ended").GetBoolean());
        Assert.Equal(JsonValueKind.Null, list.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task A_client_reads_the_list_block_by_block_and_sees_no_private_page()
    {
        string[] names = ["news:", "news:1", "news:2 ✓", "news:3", "news:z", "news;"];
        foreach (var page in names.Concat(["new", "news:private", "news:private:1", "news:x", "other"]))
        {
            await _client.PublishAsync(page, "x");
        }

        var found = new List<string>();
        var blocks = 0;
        for (var after = ""; after is not null; blocks++)
        {
            var list = await _client.GetJsonAsync($"/pages?prefix=news&limit=2{after}");
            found.AddRange(NamesOf(list));
            after = list.GetProperty("next").GetString() is { } next ? $"&after={Uri.EscapeDataString(next)}" : null;
        }

        Assert.Equal(names, found);
        Assert.Equal(3, blocks);
        Assert.Empty(NamesOf(await _client.GetJsonAsync("/pages?prefix=news:private")));
        Assert.Empty(NamesOf(await _client.GetJsonAsync("/pages?prefix=news:x")));
    }

    [Fact]
    public async Task A_token_adds_the_private_pages_that_it_grants()
    {
        foreach (var page in new[] { "a", "news:1", "news:private", "news:private:1", "news:x", "z" })
        {
            await _client.PublishAsync(page, "x");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/pages");
        var claims = TestTokens.Claims("""{"subscribe":["news:private:*","a"]}""");
        var token = TestTokens.Hmac(claims, """{"alg":"HS256"}""", Encoding.UTF8.GetBytes(Secret));
        request.Headers.Add("Authorization", $"Bearer {token}");
        using var response = await _client.SendAsync(request);

        Assert.Equal(["a", "news:1", "news:private:1", "z"], NamesOf(await ApiClient.JsonAsync(response)));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=x")]
    [InlineData("limit=1&limit=2")]
    [InlineData("after=")]
    [InlineData("after=a&after=b")]
    [InlineData("after=%7B")]
    [InlineData("prefix=%00")]
    [InlineData("prefix=a&prefix=b")]
    public async Task An_invalid_query_is_refused(string query)
    {
        using var response = await _client.GetAsync($"/pages?{query}");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(
            "urn:livestreams:problem:query", (await ApiClient.JsonAsync(response)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_list_is_kept_by_no_cache_and_read_by_listed_origins_only()
    {
        const string Listed = "https://a.example";
        foreach (var (origin, allowed) in new[] { (Listed, Listed), ("https://b.example", "") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/pages?prefix=&limit=1000");
            request.Headers.Add("Origin", origin);
            using var response = await _client.SendAsync(request);

            Assert.Equal(200, (int)response.StatusCode);
            Assert.True(response.Headers.CacheControl!.NoStore);
            response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values);
            Assert.Equal(allowed, string.Join(',', values ?? []));
        }
    }

    [Fact]
    public async Task A_list_counts_as_a_read()
    {
        await using var limited = await InProcessApi.StartAsync(
            "--Store=memory", "--Limits:ReadsPerSecondPerAddress=1", "--Limits:ReadBurstPerAddress=1");
        using var client = new ApiClient(limited.Address);

        var statuses = new List<int>();
        for (var n = 0; n < 10; n++)
        {
            using var response = await client.GetAsync("/pages");
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal(200, statuses[0]);
        Assert.Contains(429, statuses);
    }

    private static IEnumerable<string> NamesOf(JsonElement list) =>
        list.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("page").GetString()!);
}
