using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Posts;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// No response reveals whether a private page exists: it is byte for byte the response for a page that was never
/// published to.
/// </summary>
public sealed partial class PrivatePageTests(AuthenticatedApi api) : IClassFixture<AuthenticatedApi>
{
    // The names have the same length, so that only the server can make a difference.
    private const string Existing = "private a";
    private const string Missing = "private b";

    private static readonly string[] _methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    private static readonly string[] _paths =
    [
        "/pages/{page}", "/pages/{page}/", "/pages/{page}/events", "/pages/{page}/events?snapshot=true",
        "/pages/{page}/events?from=earliest", "/pages/{page}/events?from=-1",
        "/pages/{page}/events?since=1h", "/pages/{page}/events?lastEventId={id}", "/pages/{page}/events?lastEventId=0",
        "/pages/{page}/events?from=nonsense",
        "/pages/{page}/updates", "/pages/{page}/updates?after={id}", "/pages/{page}/updates?after=0&limit=1",
        "/pages/{page}/updates?before={id}", "/pages/{page}/updates?since=1h", "/pages/{page}/updates?before=",
        "/pages/{page}/updates?limit=0", "/pages/{page}/posts",
        "/pages/{page}/posts/goal", "/pages/{page}/posts/other", "/pages/{page}/posts/goal?show=x",
        "/pages/{page}/unknown", "/pages/./{page}", "/pages/{page}/../{page}", "//pages/{page}/events",
    ];

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_private_page_gets_the_same_response_as_a_page_that_never_existed()
    {
        var token = api.Tokens.Hmac();
        (string, string) authorization = ("Authorization", $"Bearer {token}");
        string id;
        using (var published = await api.Client.SendAsync(
            HttpMethod.Put,
            $"{ApiClient.PathOf(Existing)}/posts/goal",
            "<p>1:0</p>",
            "text/html",
            authorization,
            ("Idempotency-Key", "key")))
        {
            id = (await ApiClient.JsonAsync(published)).GetProperty("id").GetString()!;
        }

        using var watching = await PageEndpoint.Reading[0].SendAsync(api.Client, Existing, authorization);
        Assert.Equal(200, (int)watching.StatusCode);

        const string otherGrants = """{"publish":["other"],"subscribe":["other","privat","private"]}""";
        string[] headers =
        [
            "",
            $"Authorization: Bearer {api.Tokens.Hmac(TestTokens.Claims(otherGrants))}\r\n",
            "Authorization: Bearer bad\r\n",
            "Origin: https://attacker.example\r\n",
            "Origin: https://attacker.example\r\nAccess-Control-Request-Method: DELETE\r\n",
            "Cookie: livestreams_token=bad\r\n",
            $"If-None-Match: \"{id}\"\r\n",
            "If-None-Match: *\r\n",
            $"Last-Event-ID: {id}\r\n",
            "Idempotency-Key: key\r\n",
            "Accept: application/json\r\n",
            "Range: bytes=0-10\r\n",
        ];
        foreach (var header in headers)
        {
            foreach (var path in _paths)
            {
                foreach (var method in _methods)
                {
                    var response = await SendAsync(method, path, id, header, Existing);
                    Assert.Equal(await SendAsync(method, path, id, header, Missing), response);
                    Assert.DoesNotMatch("^HTTP/1.1 [25]00", response);
                    Assert.DoesNotContain("1:0", response, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task A_batch_without_a_grant_reveals_nothing_about_a_private_page()
    {
        var token = api.Tokens.Hmac(TestTokens.Claims("""{"publish":["home"]}"""));
        await PublishAsync(Existing);
        var responses = new List<string>();
        foreach (var page in new[] { Existing, Missing })
        {
            using var response = await PageEndpoint.Batch.SendAsync(
                api.Client, page, ("Authorization", $"Bearer {token}"));
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            responses.Add(text.Replace(page, "", StringComparison.Ordinal));
        }

        Assert.Equal(responses[0], responses[1]);
    }

    [Theory]
    [InlineData("private%20a")]
    [InlineData("%70rivate%20a")]
    [InlineData("priv%61te%20a")]
    public async Task A_private_page_stays_private_in_every_encoding_of_its_name(string name)
    {
        await PublishAsync(Existing);
        var connection = await RawHttp.ConnectAsync(api.Server.Address);
        using (connection)
        {
            await connection.SendAsync($"GET /pages/{name}/updates HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 401", await connection.ReceiveToEndAsync(), StringComparison.Ordinal);
        }
    }

    private async Task PublishAsync(string page)
    {
        using var response = await PageEndpoint.Publishing[0].SendAsync(
            api.Client, page, ("Authorization", $"Bearer {api.Tokens.Hmac()}"));
        Assert.Equal(201, (int)response.StatusCode);
    }

    // The whole response, without its date, the name of the page and the trace id of the request.
    private async Task<string> SendAsync(string method, string path, string id, string header, string page)
    {
        var target = path
            .Replace("{page}", Uri.EscapeDataString(page), StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal);
        using var connection = await RawHttp.ConnectAsync(api.Server.Address);
        await connection.SendAsync(
            $"{method} {target} HTTP/1.1\r\nHost: livestreams.example\r\n"
            + $"{header}Content-Length: 0\r\nConnection: close\r\n\r\n");
        return Varying().Replace(await connection.ReceiveToEndAsync(), "");
    }

    [GeneratedRegex("Date: [^\r]*\r\n|private%20[ab]|private [ab]|\"traceId\":\"[^\"]*\"")]
    private static partial Regex Varying();
}
