using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Secrets and tokens are in no log, at whatever level, and in no answer.</summary>
public sealed class SecretTests
{
    private const string UrlMarker = "marker-of-the-address";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Microsoft=Debug", "--Logging:LogLevel:System=Debug")]
    [InlineData("--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Trace", "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Information")]
    [InlineData("--Logging:Console:LogLevel:Default=Trace", "--Logging:Console:LogLevel:Microsoft.AspNetCore=Trace")]
    public async Task A_run_shows_none(params string[] logging)
    {
        using var tokens = new TestTokens();
        await using var keys = await BrokenKeysAsync();
        using var server = await ServerProcess.StartAsync(
            ["--Store=memory", "--TryPage=true", "--Auth:AllowQueryToken=true", "--Auth:PrivatePages=private*", $"--Auth:Keys:3:JwksUrl={keys.Urls.Single()}/{UrlMarker}?{UrlMarker}", .. tokens.Settings, .. logging]);
        using var client = new ApiClient(server.Address);
        string[] sent =
        [
            tokens.Hmac(), tokens.Hmac(TestTokens.Claims(expiresIn: -60)), tokens.Hmac(TestTokens.Claims("{}")), tokens.SignRsa(), tokens.Hmac("no claims"),
            tokens.Hmac(header: """{"alg":"HS256","kid":"kid-of-an-attacker"}"""), TestTokens.WithoutSignature("""{"alg":"none"}"""),
        ];
        var answers = new List<string>();
        foreach (var token in sent)
        {
            foreach (var door in Door.Publishing.Append(Door.Batch).Concat(Door.Reading.Where(door => !door.Path.Contains("/events", StringComparison.Ordinal))))
            {
                await TakeAsync(door.KnockAsync(client, "private", ("Authorization", $"Bearer {token}")));
                await TakeAsync(door.KnockAsync(client, "private", ("Cookie", $"livestreams_token={token}")));
                await TakeAsync((door with { Path = $"{door.Path}?access_token={token}" }).KnockAsync(client, "private"));
            }

            await using var stream = await client.SubscribeAsync("private", query: $"?access_token={token}");
            await TakeAsync(client.GetAsync($"/unknown?access_token={token}"));
        }

        foreach (var path in new[] { "/", "/livestreams.js", "/health/ready", "/metrics", "/openapi.json" })
        {
            await TakeAsync(client.GetAsync(path));
        }

        var shown = string.Join('\n', [server.Output, .. answers]);
        Assert.Contains("Auth:Keys:3", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.Secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(UrlMarker, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("kid-of-an-attacker", shown, StringComparison.Ordinal);
        foreach (var token in sent)
        {
            Assert.DoesNotContain(token.Split('.')[1], shown, StringComparison.Ordinal);
        }

        async Task TakeAsync(Task<HttpResponseMessage> answering)
        {
            using var response = await answering;
            answers.Add($"{response}\n{await response.Content.ReadAsStringAsync(Ct)}");
        }
    }

    [Theory]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--Auth:Keys:0:PemFile=x")]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--Auth:Keys:0:Algorithm=none")]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--Auth:Keys:0:Unknown={marker}")]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--Auth:Keys:1:Secret=short-{short}")]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--Limits:MaxUpdateBytes=0")]
    [InlineData("--Auth:Keys:0:Secret={marker}", "--urls=nonsense")]
    [InlineData("--Auth:Keys:0:JwksUrl=http://issuer.example/{marker}")]
    [InlineData("--Auth:Keys:0:JwksUrl=https://user:{marker}@/")]
    public async Task A_start_that_fails_shows_none(params string[] settings)
    {
        const string marker = "marker-of-a-secret-that-is-long-enough", isShort = "but-marked";
        var (exitCode, output) = await ServerProcess.FailAsync([
            .. settings.Select(setting => setting.Replace("{marker}", marker, StringComparison.Ordinal).Replace("{short}", isShort, StringComparison.Ordinal))]);

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain(marker, output, StringComparison.Ordinal);
        Assert.DoesNotContain(isShort, output, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> BrokenKeysAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/{any}", () => Results.Text($"{{ {UrlMarker}"));
        await app.StartAsync(Ct);
        return app;
    }
}
