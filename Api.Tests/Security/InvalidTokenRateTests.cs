using System.Security.Cryptography;
using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Tokens that are not valid cost little, and not more than an address may cause.</summary>
public sealed class InvalidTokenRateTests : IDisposable
{
    private const int Burst = 5;
    private const int Bad = 50;
    private readonly TestTokens _tokens = new();

    [Fact]
    public async Task An_address_that_sends_too_many_invalid_tokens_gets_429_until_it_stops()
    {
        await using var server = await StartAsync();
        var responses = await PublishAsync(server, "127.0.0.2", Enumerable.Repeat(Forged(), Bad));

        Assert.StartsWith("401", responses[0], StringComparison.Ordinal);
        Assert.InRange(responses.Count(response => response.StartsWith("429", StringComparison.Ordinal)), 30, 45);
        var refused = responses.First(response => response.StartsWith("429", StringComparison.Ordinal));
        Assert.Contains("Retry-After: 1", refused, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:token-rate", refused, StringComparison.Ordinal);
        await Wait.UntilAsync(
            async () => (await PublishAsync(server, "127.0.0.2", [_tokens.SignRsa()]))[0].StartsWith(
                "201", StringComparison.Ordinal),
            "a token is checked again");
    }

    [Fact]
    public async Task A_token_that_was_valid_before_and_other_addresses_are_not_affected()
    {
        await using var server = await StartAsync();
        var known = _tokens.SignRsa();
        var first = await PublishAsync(server, "127.0.0.2", [known]);
        var responses = await PublishAsync(server, "127.0.0.2", [.. Enumerable.Repeat(Forged(), Bad), known]);
        var elsewhere = await PublishAsync(server, "127.0.0.3", [_tokens.SignEc()]);

        Assert.StartsWith("201", first[0], StringComparison.Ordinal);
        Assert.StartsWith("429", responses[^2], StringComparison.Ordinal);
        Assert.StartsWith("201", responses[^1], StringComparison.Ordinal);
        Assert.StartsWith("201", elsewhere[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_that_are_refused_without_a_signature_check_do_not_count()
    {
        await using var server = await StartAsync();
        string[] cheap =
        [
            "bad", _tokens.Hmac(TestTokens.Claims(expiresIn: -60)), TestTokens.WithoutSignature("""{"alg":"none"}"""),
            _tokens.Hmac(header: """{"alg":"HS256","kid":"unknown"}"""),
        ];
        var responses = await PublishAsync(server, "127.0.0.2", Enumerable.Repeat(cheap, Bad).SelectMany(all => all));

        Assert.All(responses, response => Assert.StartsWith("401", response, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_checked_with_at_most_four_public_keys_unless_its_kid_names_one()
    {
        var keys = Enumerable.Range(0, 8).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)).ToArray();
        var settings = new List<string>();
        foreach (var (n, key) in keys.Index())
        {
            var file = Path.Combine(_tokens.Folder, $"{n}.pem");
            await File.WriteAllTextAsync(
                file, key.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
            settings.Add($"--Auth:Keys:{n}:PemFile={file}");

            // The last two have an id.
            settings.AddRange(n < 6 ? [] : [$"--Auth:Keys:{n}:Kid=k{n}"]);
        }

        await using var server = await InProcessApi.StartAsync(["--Store=memory", .. settings]);
        var responses = await PublishAsync(
            server,
            "127.0.0.2",
            [
                Sign(keys[0]), Sign(keys[3]), Sign(keys[4]), Sign(keys[7]), Sign(keys[7], "k7"), Sign(keys[7], "k6"),
                Sign(keys[3], "unknown"),
            ]);

        Assert.Equal(["201", "201", "401", "401", "201", "401", "201"], responses.Select(response => response[..3]));
        Assert.Contains(
            "warn: LiveStreams.Api.Security.KeyRing: 2 public keys are never used", server.Output,
            StringComparison.Ordinal);
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    public void Dispose() => _tokens.Dispose();

    private static string Sign(ECDsa key, string? kid = null)
    {
        var header = kid is null ? """{"alg":"ES256"}""" : $$"""{"alg":"ES256","kid":"{{kid}}"}""";
        var input = $"{TestTokens.Encode(header)}.{TestTokens.Encode(TestTokens.Claims())}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{TestTokens.Encode(signature)}";
    }

    // Signed with another key than the server's.
    private static string Forged()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(key);
    }

    private Task<InProcessApi> StartAsync() => InProcessApi.StartAsync(
    [
        "--Store=memory", "--Limits:InvalidTokensPerSecond=1", $"--Limits:InvalidTokenBurst={Burst}",
        .. _tokens.Settings,
    ]);

    // The responses, each without "HTTP/1.1 ", to publishes over one connection.
    private static async Task<string[]> PublishAsync(InProcessApi server, string from, IEnumerable<string> tokens)
    {
        using var connection = await RawHttp.ConnectAsync(server.Address, from: from);
        var requests = tokens.Select(token =>
            $"POST /pages/home/updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            + "Content-Length: 1\r\n\r\nx").ToArray();
        requests[^1] = requests[^1].Replace("Host: x", "Host: x\r\nConnection: close", StringComparison.Ordinal);
        var receiving = connection.ReceiveToEndAsync();
        await connection.SendAsync(string.Concat(requests));
        var responses = (await receiving).Split("HTTP/1.1 ")[1..];
        Assert.Equal(requests.Length, responses.Length);
        return responses;
    }
}
