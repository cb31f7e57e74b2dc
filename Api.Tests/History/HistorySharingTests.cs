using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.History;

/// <summary>Which blocks of history a cache may give to others.</summary>
public sealed class HistorySharingTests
{
    private const string Public = "public, max-age=31536000, immutable";
    private const string Private = "private, no-cache";

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
        var open = await client.PublishAsync("home", count: 3);
        var hidden = await client.PublishAsync("private 1", count: 3);
        foreach (var (page, id) in new[] { ("home", open[0]), ("private%201", hidden[0]) })
        {
            using var full = await client.GetWithAsync($"/pages/{page}/updates?after={id}&limit=1", token);
            using var tail = await client.GetWithAsync($"/pages/{page}/updates", token);
            var (expectedFull, expectedTail) = (page, place) switch
            {
                ("home", "") => (Public, "no-cache"),
                (_, "") => ("no-store", "no-store"),
                _ => (Private, "private, no-cache"),
            };
            Assert.Equal(expectedFull, full.CacheControl());
            Assert.Equal(expectedTail, tail.CacheControl());
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
        var ids = await client.PublishAsync("home", count: 3);

        using var block = await client.GetWithAsync(
            $"/pages/home/updates?after={ids[0]}&limit=1{query}", (name, value));

        Assert.Equal(Private, block.CacheControl());
    }
}
