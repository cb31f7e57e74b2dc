using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.History;

/// <summary>What caches may do with a block of history.</summary>
public sealed class HistoryCachingTests
{
    private const string Public = "public, max-age=31536000, immutable";
    private const string Private = "private, max-age=31536000, immutable";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("memory")]
    [InlineData("sqlite")]
    public async Task A_full_block_says_the_same_while_the_page_grows_and_is_trimmed(string store)
    {
        await using var api = await InProcessApi.StartAsync($"--Store={store}", "--History:MaxUpdates=8");
        using var client = new ApiClient(api.Address);
        var ids = await PublishAsync(client, "home", 6);
        string[] paths =
        [
            $"/pages/home/updates?after={ids[2]}&limit=2", $"/pages/home/updates?before={ids[5]}&limit=2",
            $"/pages/home/updates?before={ids[4]}&limit=1",
        ];
        var before = await ReadAllAsync(client, paths);
        Assert.All(before, block => Assert.Contains($"Cache-Control: {Public}", block, StringComparison.Ordinal));
        Assert.All(before, block => Assert.DoesNotContain("\"head\"", block, StringComparison.Ordinal));

        // The third update is the oldest that is kept.
        await PublishAsync(client, "home", 5);
        Assert.Equal(before, await ReadAllAsync(client, paths));
    }

    [Fact]
    public async Task A_block_that_its_size_ends_is_full()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        var start = await StartOf(client, "home", new string('x', 40_000));
        var second = await client.PublishAsync("home", new string('x', 40_000));
        var third = await client.PublishAsync("home", new string('x', 40_000));

        Assert.Equal(Public, await CacheControlAsync(client, $"/pages/home/updates?after={start}"));
        Assert.Equal(Public, await CacheControlAsync(client, $"/pages/home/updates?before={third}"));
        Assert.Equal("no-cache", await CacheControlAsync(client, $"/pages/home/updates?before={second}"));
    }

    [Fact]
    public async Task A_block_that_can_still_change_must_be_checked_each_time()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--History:MaxUpdates=5");
        using var client = new ApiClient(api.Address);
        var ids = await PublishAsync(client, "home", 6);
        foreach (var query in new[]
        {
            "", "limit=2", "since=1h&limit=2", $"after={ids[5]}", $"after={ids[2]}",
            $"after={ids[2]}&limit=3", $"before={ids[4]}", $"before={ids[1]}&limit=1",
        })
        {
            using var response = await client.GetAsync($"/pages/home/updates?{query}");
            Assert.Equal((query, "no-cache"), (query, CacheControl(response)));
            var body = await response.Content.ReadAsStringAsync(Ct);
            Assert.Contains($"\"head\":\"{ids[5]}\"", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_has_a_block_gets_304_until_the_block_changes()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await PublishAsync(client, "home", 2);
        using var first = await client.GetAsync("/pages/home/updates");
        var tag = first.Headers.ETag!.ToString();
        Assert.False(first.Headers.ETag.IsWeak);

        Assert.Equal("no-cache", await CacheControlAsync(client, "/pages/home/updates?after=0&limit=1"));

        using var unchanged = await GetAsync(client, "/pages/home/updates", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal("no-cache", CacheControl(unchanged));
        Assert.Equal(["Accept", "Origin"], unchanged.Headers.Vary);
        using var lines = await GetAsync(
            client, "/pages/home/updates", ("If-None-Match", tag), ("Accept", "application/x-ndjson"));
        Assert.Equal(HttpStatusCode.OK, lines.StatusCode);

        await client.PublishAsync("home", "3");
        using var changed = await GetAsync(client, "/pages/home/updates", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task After_a_deletion_the_server_no_longer_gives_out_a_full_block()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        var ids = await PublishAsync(client, "home", 3);
        var (after, before) = ($"after={ids[0]}&limit=1", $"before={ids[2]}&limit=1");
        Assert.Equal(Public, await CacheControlAsync(client, $"/pages/home/updates?{after}"));

        using var deletion = new HttpRequestMessage(HttpMethod.Delete, "/pages/home");
        using var ended = await client.SendAsync(deletion);

        using var gone = await client.GetAsync($"/pages/home/updates?{after}");
        Assert.Equal(
            (HttpStatusCode.Gone, "no-store"), (gone.StatusCode, CacheControl(gone)));
        var empty = await client.GetJsonAsync($"/pages/home/updates?{before}");
        Assert.Equal(0, empty.GetProperty("updates").GetArrayLength());
        Assert.Equal("no-cache", await CacheControlAsync(client, $"/pages/home/updates?{before}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    public async Task No_block_of_a_private_page_or_for_a_token_may_be_shared(string place)
    {
        using var tokens = new TestTokens();
        await using var api = await InProcessApi.StartAsync(
        [
            "--Store=memory", "--Auth:PrivatePages=private*", "--Auth:AnonymousPublish=true", .. tokens.Settings,
        ]);
        using var client = new ApiClient(api.Address);
        (string, string) token = place switch
        {
            "Authorization" => (place, $"Bearer {tokens.Hmac()}"),
            "Cookie" => (place, $"livestreams_token={tokens.Hmac()}"),
            _ => ("Accept", "*/*"),
        };
        var (open, hidden) = (await PublishAsync(client, "home", 3), await PublishAsync(client, "private 1", 3));
        foreach (var (page, id) in new[] { ("home", open[0]), ("private%201", hidden[0]) })
        {
            using var full = await GetAsync(client, $"/pages/{page}/updates?after={id}&limit=1", token);
            using var tail = await GetAsync(client, $"/pages/{page}/updates", token);
            var (expectedFull, expectedTail) = (page, place) switch
            {
                ("home", "") => (Public, "no-cache"),
                (_, "") => ("no-store", "no-store"),
                _ => (Private, "private, no-cache"),
            };
            Assert.Equal(expectedFull, CacheControl(full));
            Assert.Equal(expectedTail, CacheControl(tail));
        }
    }

    [Theory]
    [InlineData("Authorization", "Basic dXNlcjpwYXNz", "")]
    [InlineData("Cookie", "livestreams_token=expired", "")]
    [InlineData("Accept", "*/*", "&access_token=ignored")]
    public async Task A_token_that_is_ignored_keeps_a_block_private_too(string name, string value, string query)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        var ids = await PublishAsync(client, "home", 3);

        using var block = await GetAsync(
            client, $"/pages/home/updates?after={ids[0]}&limit=1{query}", (name, value));

        Assert.Equal(Private, CacheControl(block));
    }

    private static async Task<string[]> PublishAsync(ApiClient client, string page, int count)
    {
        var ids = new string[count];
        for (var n = 0; n < count; n++)
        {
            ids[n] = await client.PublishAsync(page, $"{n + 1}");
        }

        return ids;
    }

    // The position before the page's first update, which is published.
    private static async Task<string> StartOf(ApiClient client, string page, string data) =>
        $"{(await client.PublishAsync(page, data)).Split('-')[0]}-0";

    // Each response without its date, and as it was sent otherwise.
    private static async Task<string[]> ReadAllAsync(ApiClient client, string[] paths)
    {
        var blocks = new List<string>();
        foreach (var path in paths)
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var headers = response.Headers.NonValidated
                .Where(header => header.Key != "Date")
                .Select(header => $"{header.Key}: {header.Value}\n");
            blocks.Add($"{string.Concat(headers)}{await response.Content.ReadAsStringAsync(Ct)}");
        }

        return [.. blocks];
    }

    // As it was sent. HttpClient would put its directives into another order.
    private static string CacheControl(HttpResponseMessage response) =>
        response.Headers.NonValidated["Cache-Control"].ToString();

    private static async Task<string> CacheControlAsync(ApiClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return CacheControl(response);
    }

    private static async Task<HttpResponseMessage> GetAsync(
        ApiClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }
}
