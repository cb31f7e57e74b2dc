using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A private page in Chromium: the stream ends with its token and continues with a fresh one.</summary>
public sealed class BrowserTokenTests(Chromium chromium)
{
    private const int TokenSeconds = 5;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.1);

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_stream_whose_token_expires_continues_with_a_fresh_token_and_misses_nothing(string shared)
    {
        using var tokens = new TestTokens();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        string[] settings =
        [
            "--Auth:AllowQueryToken=true",
            "--Auth:AnonymousPublish=true",
            "--Auth:PrivatePages=home",
            .. tokens.Settings,
        ];
        await using var tabs = await LiveTabs.StartAsync(chromium, settings, time);
        var given = 0;
        await tabs.Context.ExposeFunctionAsync("freshToken", () =>
        {
            Interlocked.Increment(ref given);
            return tokens.Hmac(TestTokens.Claims(
                expiresIn: TokenSeconds + (long)(time.GetUtcNow() - TimeProvider.System.GetUtcNow()).TotalSeconds));
        });
        await tabs.RecordSourcesAsync();
        var tab = await tabs.FollowAsync($"retry: [100, 1000], token: freshToken, shared: {shared}");
        var other = await tabs.FollowAsync(
            $"retry: [100, 1000], token: async () => await freshToken(), shared: {shared}");
        var givenAtStart = Volatile.Read(ref given);

        // Publishes updates and advances the server's clock until several connections have been reopened.
        var published = new List<string>();
        await Wait.UntilAsync(
            async () =>
            {
                published.Add($"{published.Count}");
                await tabs.Client.PublishAsync("home", published[^1]);
                time.Advance(_step);
                return await CountConnectionsAsync(tab) + await CountConnectionsAsync(other) >= 6;
            },
            "several connections have been reopened");

        foreach (var each in new[] { tab, other })
        {
            await LiveTabs.AssertSeenAsync(each, published);
            await LiveTabs.WaitForStateAsync(each, "live");
        }

        Assert.True(Volatile.Read(ref given) > givenAtStart);
        Assert.True(
            await tab.EvaluateAsync<bool>(
                "sources.every((source, i) => sources.findIndex(other => other.url === source.url) === i)"),
            "A token was used twice.");
    }

    [Fact]
    public async Task A_cookie_opens_a_private_page_to_a_listed_origin()
    {
        using var tokens = new TestTokens();
        await using var tabs = await LiveTabs.StartAsync(
            chromium,
            ["--Auth:AnonymousPublish=true", "--Auth:PrivatePages=home", .. tokens.Settings]);
        var cookie = new Cookie
        {
            Name = "livestreams_token",
            Value = tokens.Hmac(),
            Url = tabs.Proxy.Address,
            HttpOnly = true,
        };
        await tabs.Context.AddCookiesAsync([cookie]);

        var tab = await tabs.FollowAsync("withCredentials: true");
        await tabs.Client.PublishAsync("home", "to whom it may concern");

        await LiveTabs.AssertSeenAsync(tab, "to whom it may concern");
    }

    private static Task<int> CountConnectionsAsync(IPage tab) => tab.EvaluateAsync<int>("sources.length");
}
