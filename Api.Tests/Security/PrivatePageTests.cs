using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Posts;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Nothing tells whether a private page exists: it is answered, byte for byte, as one that was never published to.</summary>
public sealed partial class PrivatePageTests(TokenApi api) : IClassFixture<TokenApi>
{
    // As long as each other, so that only what the server says can differ.
    private const string Lively = "private a";
    private const string Never = "private b";

    private static readonly string[] _methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    private static readonly string[] _paths =
    [
        "/pages/{page}", "/pages/{page}/", "/pages/{page}/events", "/pages/{page}/events?snapshot=true", "/pages/{page}/events?from=earliest", "/pages/{page}/events?from=-1",
        "/pages/{page}/events?since=1h", "/pages/{page}/events?lastEventId={id}", "/pages/{page}/events?lastEventId=0", "/pages/{page}/events?from=nonsense",
        "/pages/{page}/updates", "/pages/{page}/updates?after={id}", "/pages/{page}/updates?after=0&limit=1", "/pages/{page}/updates?limit=0", "/pages/{page}/posts",
        "/pages/{page}/posts/goal", "/pages/{page}/posts/other", "/pages/{page}/posts/goal?show=x", "/pages/{page}/unknown", "/pages/./{page}", "/pages/{page}/../{page}", "//pages/{page}/events",
    ];

    [Fact]
    public async Task It_is_answered_as_a_page_that_never_was()
    {
        var token = api.Tokens.Hmac();
        (string, string) authorization = ("Authorization", $"Bearer {token}");
        string id;
        using (var published = await api.Client.SendAsync(HttpMethod.Put, $"{ApiClient.PathOf(Lively)}/posts/goal", "<p>1:0</p>", "text/html", authorization, ("Idempotency-Key", "key")))
        {
            id = (await ApiClient.JsonAsync(published)).GetProperty("id").GetString()!;
        }

        using var watching = await Door.Reading[0].KnockAsync(api.Client, Lively, authorization);
        Assert.Equal(200, (int)watching.StatusCode);

        string[] senders =
        [
            "", $"Authorization: Bearer {api.Tokens.Hmac(TestTokens.Claims("""{"publish":["other"],"subscribe":["other","privat","private"]}"""))}\r\n", "Authorization: Bearer bad\r\n",
            "Origin: https://attacker.example\r\n", "Origin: https://attacker.example\r\nAccess-Control-Request-Method: DELETE\r\n", "Cookie: livestreams_token=bad\r\n",
            $"If-None-Match: \"{id}\"\r\n", "If-None-Match: *\r\n", $"Last-Event-ID: {id}\r\n", "Idempotency-Key: key\r\n", "Accept: application/json\r\n", "Range: bytes=0-10\r\n",
        ];
        foreach (var sender in senders)
        {
            foreach (var path in _paths)
            {
                foreach (var method in _methods)
                {
                    var answer = await AnswerAsync(method, path, id, sender, Lively);
                    Assert.Equal(await AnswerAsync(method, path, id, sender, Never), answer);
                    Assert.DoesNotMatch("^HTTP/1.1 [25]00", answer);
                    Assert.DoesNotContain("1:0", answer, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Whoever_may_only_read_public_pages_learns_nothing_from_a_batch()
    {
        var token = api.Tokens.Hmac(TestTokens.Claims("""{"publish":["home"]}"""));
        await PublishAsync(Lively);
        var answers = new List<string>();
        foreach (var page in new[] { Lively, Never })
        {
            using var response = await Door.Batch.KnockAsync(api.Client, page, ("Authorization", $"Bearer {token}"));
            answers.Add((await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(page, "", StringComparison.Ordinal));
        }

        Assert.Equal(answers[0], answers[1]);
    }

    [Theory]
    [InlineData("private%20a")]
    [InlineData("%70rivate%20a")]
    [InlineData("priv%61te%20a")]
    public async Task However_its_name_is_written_it_is_private(string name)
    {
        await PublishAsync(Lively);
        var connection = await RawHttp.ConnectAsync(api.Server.Address);
        using (connection)
        {
            await connection.SendAsync($"GET /pages/{name}/updates HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 401", await connection.ReceiveToEndAsync(), StringComparison.Ordinal);
        }
    }

    private async Task PublishAsync(string page)
    {
        using var response = await Door.Publishing[0].KnockAsync(api.Client, page, ("Authorization", $"Bearer {api.Tokens.Hmac()}"));
        Assert.Equal(201, (int)response.StatusCode);
    }

    // The whole answer, but for its date and the name of the page.
    private async Task<string> AnswerAsync(string method, string path, string id, string sender, string page)
    {
        var target = path.Replace("{page}", Uri.EscapeDataString(page), StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal);
        using var connection = await RawHttp.ConnectAsync(api.Server.Address);
        await connection.SendAsync($"{method} {target} HTTP/1.1\r\nHost: livestreams.example\r\n{sender}Content-Length: 0\r\nConnection: close\r\n\r\n");
        return Varying().Replace(await connection.ReceiveToEndAsync(), "");
    }

    // traceId: of the request.
    [GeneratedRegex("Date: [^\r]*\r\n|private%20[ab]|private [ab]|\"traceId\":\"[^\"]*\"")]
    private static partial Regex Varying();
}
