using System.Text.RegularExpressions;
using LiveStreams.Api.Security;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>The audit log says who published, changed posts, ended a page or was refused, and shows no data.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly TestTokens _tokens = new();

    [Fact]
    public async Task Each_change_and_refusal_is_one_entry_with_who_what_and_where_and_without_data()
    {
        await using var server = await StartAsync("--Auth:Audit=true");
        using var client = new ApiClient(server.Address);
        var token = Token("""{"publish":["home","line*"],"posts":["home"],"end":["home"]}""");
        await SendAsync(client, PageEndpoint.Publishing[0], "home", token);
        await SendAsync(client, PageEndpoint.Publishing[1], "home", token);
        await SendAsync(client, PageEndpoint.Publishing[3], "home", token);
        await SendAsync(client, PageEndpoint.Publishing[0], "other", token);
        await SendAsync(client, PageEndpoint.Publishing[2], "home", token: null);
        await SendAsync(client, PageEndpoint.Reading[0], "private", token);
        await SendAsync(client, PageEndpoint.Publishing[0], "home", "secret-of-somebody");
        var batch = PageEndpoint.Batch with { Body = """
            {"page":"line 1","data":"secret"}
            {"page":"none","data":"secret"}
            no line
            """ };
        await SendAsync(client, batch, "home", token);

        const string by = "by \"sub:newsroom\", jti \"one\", iss \"https://issuer.example\", from 127.0.0.1";
        const string anonymous = "by \"anonymous\", jti \"\", iss \"\", from 127.0.0.1";
        var entries = Entries(server);
        Assert.Matches($"^publish \"home\": done, id \"[0-9a-f]{{12}}-1\", {by}$", entries[0]);
        Assert.Matches($"^posts \"home\": done, id \"[0-9a-f]{{12}}-2\", {by}$", entries[1]);
        Assert.Matches($"^end \"home\": done, id \"[0-9a-f]{{12}}-3\", {by}$", entries[2]);
        Assert.Equal(
            [
                $"publish \"other\": insufficient-scope, id \"\", {by}",
                $"posts \"home\": token-needed, id \"\", {anonymous}",
                $"subscribe \"private\": insufficient-scope, id \"\", {by}",
                $"publish \"home\": invalid-token, id \"\", {anonymous}",
            ],
            entries[3..7]);

        // The lines of a batch are published at the same time.
        Assert.Equal(9, entries.Length);
        Assert.Contains($"publish \"none\": insufficient-scope, id \"\", {by}", entries[7..]);
        Assert.Contains(entries[7..], entry => Regex.IsMatch(
            entry, $"^publish \"line 1\": done, id \"[0-9a-f]{{12}}-1\", {by}$"));
        Assert.DoesNotContain("secret", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_a_refused_origin_and_a_revoked_token_are_entries_too()
    {
        var revoked = Path.Combine(_tokens.Folder, "revoked.txt");
        await File.WriteAllTextAsync(revoked, "jti:two", TestContext.Current.CancellationToken);
        await using var server = await StartAsync("--Auth:Audit=true", $"--Auth:RevokedFile={revoked}");
        using var client = new ApiClient(server.Address);
        var token = Token("""{"publish":["*"]}""");
        await SendAsync(client, PageEndpoint.Publishing[0], "home", token, ("Idempotency-Key", "1"));
        await SendAsync(client, PageEndpoint.Publishing[0], "home", token, ("Idempotency-Key", "1"));
        await SendAsync(client, PageEndpoint.Publishing[0], "home", token, ("Origin", "https://attacker.example"));
        await SendAsync(client, PageEndpoint.Publishing[0], "home", Token("{}", id: "two"));

        Assert.Equal(
            ["done", "repeated", "origin", "invalid-token"],
            Entries(server).Select(entry => entry.Split(": ")[1].Split(',')[0]));
        Assert.Contains("jti \"two\"", Entries(server)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_several_pages_that_is_refused_is_a_subscribe_by_GET_and_by_POST()
    {
        await using var server = await StartAsync("--Auth:Audit=true");
        using var client = new ApiClient(server.Address);
        await SendAsync(client, new PageEndpoint("GET", "/events?page={page}"), "private", token: null);
        await SendAsync(client, PageEndpoint.StreamByPost, "private", token: null);
        await SendAsync(client, PageEndpoint.StreamByPost, "private", Token("""{"publish":["*"]}"""));
        await SendAsync(
            client, PageEndpoint.StreamByPost, "home", token: null, ("Origin", "https://attacker.example"));

        Assert.Equal(
            ["token-needed", "token-needed", "insufficient-scope", "origin"],
            Entries(server).Select(entry => Regex.Match(entry, "^subscribe \"\": ([a-z-]+), ").Groups[1].Value));
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_logged()
    {
        await using var server = await StartAsync();
        using var client = new ApiClient(server.Address);
        await SendAsync(client, PageEndpoint.Publishing[0], "home", Token("""{"publish":["*"]}"""));
        await SendAsync(client, PageEndpoint.Publishing[0], "home", token: null);

        Assert.Empty(Entries(server));
    }

    [Fact]
    public async Task A_name_cannot_forge_a_line_or_a_field_of_the_log()
    {
        await using var server = await StartAsync("--Auth:Audit=true");
        using var client = new ApiClient(server.Address);
        var token = Token("""{"publish":["*"]}""", id: """a\" id 7\u2028warn: \u202eb""");
        await SendAsync(client, PageEndpoint.Publishing[0], "x\", id \"7", token);

        var entry = Assert.Single(Entries(server));
        Assert.StartsWith("publish \"x\\u0022, id \\u00227\": done", entry, StringComparison.Ordinal);
        Assert.Contains("jti \"a\\u0022 id 7\\u2028warn: \\u202eb\"", entry, StringComparison.Ordinal);
    }

    public void Dispose() => _tokens.Dispose();

    private Task<InProcessApi> StartAsync(params string[] settings) =>
        InProcessApi.StartAsync(["--Store=memory", "--Auth:PrivatePages=private", .. _tokens.Settings, .. settings]);

    private string Token(string grants, string id = "one") =>
        _tokens.Hmac(TestTokens.Claims(grants).Insert(1, $"\"jti\":\"{id}\",\"sub\":\"newsroom\","));

    private static async Task SendAsync(
        ApiClient client, PageEndpoint endpoint, string page, string? token, params (string, string)[] headers)
    {
        (string, string)[] all = token is null ? headers : [("Authorization", $"Bearer {token}"), .. headers];
        using var response = await endpoint.SendAsync(client, page, all);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static string[] Entries(InProcessApi server) =>
    [
        .. server.Output.Split('\n')
            .Where(line => line.Contains(AuditLog.Category, StringComparison.Ordinal))
            .Select(line => line.Split($"info: {AuditLog.Category}: ")[1].TrimEnd()),
    ];
}
