using LiveStreams.Api.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Secrets and tokens appear in no log, at any level, and in no response.</summary>
public sealed class SecretLeakTests
{
    private const string UrlMarker = "marker-of-the-address";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Microsoft=Debug", "--Logging:LogLevel:System=Debug")]
    [InlineData(
        "--Logging:LogLevel:Default=Trace",
        "--Logging:LogLevel:Microsoft=Trace",
        "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Information")]
    [InlineData("--Logging:Console:LogLevel:Default=Trace", "--Logging:Console:LogLevel:Microsoft.AspNetCore=Trace")]
    public async Task A_running_server_shows_no_secret_in_logs_or_responses(params string[] logging)
    {
        using var tokens = new TestTokens();
        await using var keys = await StartBrokenKeyServerAsync();
        using var server = await ServerProcess.StartAsync(
        [
            "--Store=memory",
            "--TryPage=true",
            "--Auth:AllowQueryToken=true",
            "--Auth:PrivatePages=private*",
            $"--Auth:Keys:3:JwksUrl={keys.Urls.Single()}/{UrlMarker}?{UrlMarker}",
            .. tokens.Settings,
            .. logging,
        ]);
        using var client = new ApiClient(server.Address);
        string[] sent =
        [
            tokens.Hmac(),
            tokens.Hmac(TestTokens.Claims(expiresIn: -60)),
            tokens.Hmac(TestTokens.Claims("{}")),
            tokens.SignRsa(),
            tokens.Hmac("no claims"),
            tokens.Hmac(header: """{"alg":"HS256","kid":"kid-of-an-attacker"}"""),
            TestTokens.WithoutSignature("""{"alg":"none"}"""),
        ];
        var endpoints = PageEndpoint.Publishing
            .Append(PageEndpoint.Batch)
            .Concat(PageEndpoint.Reading.Where(
                endpoint => !endpoint.Path.Contains("/events", StringComparison.Ordinal)))
            .ToArray();
        var responses = new List<string>();
        foreach (var token in sent)
        {
            foreach (var endpoint in endpoints)
            {
                await CollectAsync(endpoint.SendAsync(client, "private", ("Authorization", $"Bearer {token}")));
                await CollectAsync(endpoint.SendAsync(client, "private", ("Cookie", $"livestreams_token={token}")));
                await CollectAsync(
                    (endpoint with { Path = $"{endpoint.Path}?access_token={token}" }).SendAsync(client, "private"));
            }

            await using var stream = await client.SubscribeAsync("private", query: $"?access_token={token}");
            await CollectAsync(client.GetAsync($"/unknown?access_token={token}"));
        }

        foreach (var path in new[] { "/", "/livestreams.js", "/health/ready", "/metrics", "/status", "/openapi.json" })
        {
            await CollectAsync(client.GetAsync(path));
        }

        var shown = string.Join('\n', [server.Output, .. responses]);
        Assert.Contains("Auth:Keys:3", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.Secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(UrlMarker, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("kid-of-an-attacker", shown, StringComparison.Ordinal);
        foreach (var token in sent)
        {
            Assert.DoesNotContain(token.Split('.')[1], shown, StringComparison.Ordinal);
        }

        async Task CollectAsync(Task<HttpResponseMessage> sending)
        {
            using var response = await sending;
            responses.Add($"{response}\n{await response.Content.ReadAsStringAsync(Ct)}");
        }
    }

    [Theory]
    [InlineData("GET /{marker} x HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://[{marker}/ HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nAuthorization\0: Bearer {marker}\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {marker}\0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: {marker} x\r\n\r\n")]
    public async Task Nothing_of_a_malformed_request_is_logged_at_any_level(string request)
    {
        const string marker = "marker-of-a-request";
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory",
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Microsoft=Trace",
            "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.BadRequests=Debug");
        using var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync(request.Replace("{marker}", marker, StringComparison.Ordinal));

        Assert.StartsWith("HTTP/1.1 400", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        Assert.Contains("Microsoft.AspNetCore.Server.Kestrel", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(marker, server.Output, StringComparison.Ordinal);
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
    public async Task A_failed_start_shows_no_secret(params string[] settings)
    {
        const string marker = "marker-of-a-secret-that-is-long-enough", shortMarker = "but-marked";
        var marked = settings.Select(setting => setting
            .Replace("{marker}", marker, StringComparison.Ordinal)
            .Replace("{short}", shortMarker, StringComparison.Ordinal));
        var (exitCode, output) = await InProcessApi.FailAsync([.. marked]);

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain(marker, output, StringComparison.Ordinal);
        Assert.DoesNotContain(shortMarker, output, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartBrokenKeyServerAsync()
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
