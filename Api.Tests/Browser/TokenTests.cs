using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A private page in Chromium: the stream ends with its token, and goes on with a fresh one.</summary>
public sealed class TokenTests(Chromium chromium)
{
    private const int TokenSeconds = 5;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.1);

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_stream_that_ends_with_its_token_goes_on_with_a_fresh_one_and_misses_nothing(string shared)
    {
        using var tokens = new TestTokens();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var tabs = await LiveTabs.StartAsync(
            chromium,
            ["--Auth:AllowQueryToken=true", "--Auth:AnonymousPublish=true", "--Auth:PrivatePages=home", .. tokens.Settings],
            time);
        var given = 0;
        await tabs.Context.ExposeFunctionAsync("freshToken", () =>
        {
            Interlocked.Increment(ref given);
            return tokens.Hmac(TestTokens.Claims(
                expiresIn: TokenSeconds + (long)(time.GetUtcNow() - TimeProvider.System.GetUtcNow()).TotalSeconds));
        });
        await tabs.RecordSourcesAsync();
        var tab = await tabs.FollowAsync($"retry: [100, 1000], token: freshToken, shared: {shared}");
        var other = await tabs.FollowAsync($"retry: [100, 1000], token: async () => await freshToken(), shared: {shared}");
        var givenAtStart = Volatile.Read(ref given);

        // As many updates, and as much of the server's time, as it takes until connections have been opened anew
        // several times.
        var published = new List<string>();
        await Wait.UntilAsync(
            async () =>
            {
                published.Add($"{published.Count}");
                await tabs.Client.PublishAsync("home", published[^1]);
                time.Advance(_step);
                return await OpenedAsync(tab) + await OpenedAsync(other) >= 6;
            },
            "connections that were opened anew");

        foreach (var each in new[] { tab, other })
        {
            await LiveTabs.SawAsync(each, published);
            await LiveTabs.IsAsync(each, "live");
        }

        Assert.True(Volatile.Read(ref given) > givenAtStart);
        Assert.True(await tab.EvaluateAsync<bool>("sources.every((source, i) => sources.findIndex(other => other.url === source.url) === i)"), "a token is used again");
    }

    [Fact]
    public async Task A_cookie_opens_a_private_page_to_the_pages_of_an_origin_that_is_listed()
    {
        using var tokens = new TestTokens();
        await using var tabs = await LiveTabs.StartAsync(chromium, ["--Auth:AnonymousPublish=true", "--Auth:PrivatePages=home", .. tokens.Settings]);
        await tabs.Context.AddCookiesAsync([new Cookie { Name = "livestreams_token", Value = tokens.Hmac(), Url = tabs.Proxy.Address, HttpOnly = true }]);

        var tab = await tabs.FollowAsync("withCredentials: true");
        await tabs.Client.PublishAsync("home", "to whom it may concern");

        await LiveTabs.SawAsync(tab, "to whom it may concern");
    }

    private static Task<int> OpenedAsync(IPage tab) => tab.EvaluateAsync<int>("sources.length");
}
