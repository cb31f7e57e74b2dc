using System.Net;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.History;

/// <summary>What caches may do with a block of history.</summary>
public sealed class HistoryCachingTests
{
    private const string Public = "public, max-age=31536000, immutable";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("memory")]
    [InlineData("sqlite")]
    public async Task A_full_block_says_the_same_while_the_page_grows_and_is_trimmed(string store)
    {
        await using var api = await InProcessApi.StartAsync($"--Store={store}", "--History:MaxUpdates=8");
        using var client = new ApiClient(api.Address);
        var ids = await client.PublishAsync("home", count: 6);
        string[] paths =
        [
            $"/pages/home/updates?after={ids[2]}&limit=2", $"/pages/home/updates?before={ids[5]}&limit=2",
            $"/pages/home/updates?before={ids[4]}&limit=1",
        ];
        var before = await ReadAllAsync(client, paths);
        Assert.All(before, block => Assert.Contains($"Cache-Control: {Public}", block, StringComparison.Ordinal));
        Assert.All(before, block => Assert.DoesNotContain("\"head\"", block, StringComparison.Ordinal));

        // The third update is the oldest that is kept.
        await client.PublishAsync("home", count: 5);
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

        Assert.Equal(Public, await client.CacheControlAsync($"/pages/home/updates?after={start}"));
        Assert.Equal(Public, await client.CacheControlAsync($"/pages/home/updates?before={third}"));
        Assert.Equal("no-cache", await client.CacheControlAsync($"/pages/home/updates?before={second}"));
    }

    [Fact]
    public async Task A_block_that_can_still_change_must_be_checked_each_time()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--History:MaxUpdates=5");
        using var client = new ApiClient(api.Address);
        var ids = await client.PublishAsync("home", count: 6);
        foreach (var query in new[]
        {
            "", "limit=2", "since=1h&limit=2", $"after={ids[5]}", $"after={ids[2]}",
            $"after={ids[2]}&limit=3", $"before={ids[4]}", $"before={ids[1]}&limit=1",
        })
        {
            using var response = await client.GetAsync($"/pages/home/updates?{query}");
            Assert.Equal((query, "no-cache"), (query, response.CacheControl()));
            var body = await response.Content.ReadAsStringAsync(Ct);
            Assert.Contains($"\"head\":\"{ids[5]}\"", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_has_a_block_gets_304_until_the_block_changes()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        await client.PublishAsync("home", count: 2);
        using var first = await client.GetAsync("/pages/home/updates");
        var tag = first.Headers.ETag!.ToString();
        Assert.False(first.Headers.ETag.IsWeak);

        Assert.Equal("no-cache", await client.CacheControlAsync("/pages/home/updates?after=0&limit=1"));

        using var unchanged = await client.GetWithAsync("/pages/home/updates", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal("no-cache", unchanged.CacheControl());
        Assert.Equal(["Accept", "Origin"], unchanged.Headers.Vary);
        using var lines = await client.GetWithAsync(
            "/pages/home/updates", ("If-None-Match", tag), ("Accept", "application/x-ndjson"));
        Assert.Equal(HttpStatusCode.OK, lines.StatusCode);

        await client.PublishAsync("home", "3");
        using var changed = await client.GetWithAsync("/pages/home/updates", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task After_a_deletion_the_server_no_longer_gives_out_a_full_block()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(api.Address);
        var ids = await client.PublishAsync("home", count: 3);
        var (after, before) = ($"after={ids[0]}&limit=1", $"before={ids[2]}&limit=1");
        Assert.Equal(Public, await client.CacheControlAsync($"/pages/home/updates?{after}"));

        using var deletion = new HttpRequestMessage(HttpMethod.Delete, "/pages/home");
        using var ended = await client.SendAsync(deletion);

        using var gone = await client.GetAsync($"/pages/home/updates?{after}");
        Assert.Equal(
            (HttpStatusCode.Gone, "no-store"), (gone.StatusCode, gone.CacheControl()));
        var empty = await client.GetJsonAsync($"/pages/home/updates?{before}");
        Assert.Equal(0, empty.GetProperty("updates").GetArrayLength());
        Assert.Equal("no-cache", await client.CacheControlAsync($"/pages/home/updates?{before}"));
    }

    [Fact]
    public async Task A_block_with_a_time_that_the_clock_has_not_reached_is_not_kept()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await InProcessApi.StartAsync(["--Store=memory"], time);
        using var client = new ApiClient(api.Address);
        var ids = await client.PublishAsync("home", count: 3);
        time.AdjustTime(time.GetUtcNow().AddMinutes(-1));

        Assert.Equal("no-cache", await client.CacheControlAsync($"/pages/home/updates?after={ids[0]}&limit=1"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Public, await client.CacheControlAsync($"/pages/home/updates?after={ids[0]}&limit=1"));
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
}
