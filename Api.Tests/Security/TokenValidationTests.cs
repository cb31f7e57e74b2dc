using System.Security.Cryptography;
using System.Text;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// Attacks by token confusion (RFC 8725 §2) and malformed tokens. Each gets the response of any invalid token.
/// </summary>
public sealed class TokenValidationTests(AuthenticatedApi api) : IClassFixture<AuthenticatedApi>
{
    private static readonly PageEndpoint _endpoint = PageEndpoint.Publishing[0];

    private static readonly Dictionary<string, Func<TestTokens, string>> _tokens = new()
    {
        ["the RSA key's PEM as a secret"] = tokens =>
            Forge(tokens.Rsa.ExportSubjectPublicKeyInfoPem(), """{"alg":"HS256","kid":"rsa"}"""),
        ["the RSA key's PEM as a secret, with a line end"] = tokens =>
            Forge(tokens.Rsa.ExportSubjectPublicKeyInfoPem() + "\n", """{"alg":"HS256","kid":"rsa"}"""),
        ["the RSA key's bytes as a secret"] = tokens => TestTokens.Hmac(
            TestTokens.Claims(), """{"alg":"HS256","kid":"rsa"}""", tokens.Rsa.ExportSubjectPublicKeyInfo()),
        ["the RSA key's modulus as a secret, without kid"] = tokens =>
            TestTokens.Hmac(TestTokens.Claims(), """{"alg":"HS256"}""", tokens.Rsa.ExportParameters(false).Modulus!),
        ["the EC key's PEM as a secret"] = tokens =>
            Forge(tokens.Ec.ExportSubjectPublicKeyInfoPem(), """{"alg":"HS256"}"""),
        ["an empty secret"] = _ => Forge("", """{"alg":"HS256"}"""),
        ["none, in other letters"] = _ => TestTokens.WithoutSignature("""{"alg":"nOnE"}"""),
        ["none, with a signature"] = tokens => tokens.Hmac(header: """{"alg":"none","kid":"secret"}"""),
        ["no alg"] = tokens => tokens.Hmac(header: """{"kid":"secret"}"""),
        ["alg in small letters"] = tokens => tokens.Hmac(header: """{"alg":"hs256","kid":"secret"}"""),
        ["alg as a list"] = tokens => tokens.Hmac(header: """{"alg":["HS256"],"kid":"secret"}"""),
        ["alg twice"] = tokens => tokens.Hmac(header: """{"alg":"none","alg":"HS256","kid":"secret"}"""),
        ["RS256 signed with the secret"] = tokens => tokens.Hmac(header: """{"alg":"RS256","kid":"rsa"}"""),
        ["kid that is a path"] = tokens => tokens.Hmac(header: """{"alg":"HS256","kid":"../../../../dev/null"}"""),
        ["kid that is a path, signed with what is there"] = _ => Forge("", """{"alg":"HS256","kid":"/dev/null"}"""),
        ["kid that is SQL"] = tokens => tokens.Hmac(header: """{"alg":"HS256","kid":"x' UNION SELECT 'secret"}"""),
        ["kid that is a number"] = tokens => tokens.Hmac(header: """{"alg":"HS256","kid":1}"""),
        ["kid of another key"] = tokens => tokens.Hmac(header: """{"alg":"HS256","kid":"rsa"}"""),
        ["a key of its own in the header"] = _ => Forge(
            "secret of the attacker's own, 32 b.",
            """{"alg":"HS256","jwk":{"kty":"oct","k":"c2VjcmV0"},"jku":"https://attacker.example/keys"}"""),
        ["crit"] = tokens => tokens.Hmac(header: """{"alg":"HS256","kid":"secret","crit":["exp"]}"""),
        ["encrypted"] = _ => $"{TestTokens.Encode("""{"alg":"dir","enc":"A256GCM","zip":"DEF"}""")}..AAAA.AAAA.AAAA",
        ["encrypted, in three parts"] = tokens =>
            tokens.Hmac(header: """{"alg":"dir","enc":"A256GCM","kid":"secret"}"""),
        ["four parts"] = tokens => $"{tokens.Hmac()}.AAAA",
        ["two parts"] = tokens => tokens.Hmac()[..tokens.Hmac().LastIndexOf('.')],
        ["no signature"] = tokens => tokens.Hmac()[..(tokens.Hmac().LastIndexOf('.') + 1)],
        ["half a signature"] = tokens => tokens.Hmac()[..^20],
        ["a signature of another token"] = tokens =>
            tokens.Hmac(TestTokens.Claims())[..^43] + tokens.Hmac(TestTokens.Claims("{}"))[^43..],
        ["spaces inside"] = tokens => tokens.Hmac().Insert(20, " "),
        ["nothing"] = _ => "",
        ["dots"] = _ => "..",
        ["huge"] = tokens => tokens.Hmac(Claims(",\"x\":\"" + new string('x', 8000) + "\"")),
        ["deep claims"] = tokens => tokens.Hmac(Claims($",\"x\":{new string('[', 1000)}{new string(']', 1000)}")),
        ["deep header"] = tokens => tokens.Hmac(
            header: $$"""{"alg":"HS256","kid":"secret","x":{{new string('[', 1000)}}{{new string(']', 1000)}}}"""),
        ["claims that are no JSON"] = tokens => tokens.Hmac("publish everything"),
        ["claims that are a list"] = tokens => tokens.Hmac("[]"),
        ["claims that are text"] = tokens => tokens.Hmac("\"{}\""),
        ["claims that are no UTF-8"] = tokens => Raw(tokens, [.. "{\"x\":\""u8, 0xFF, .. "\"}"u8]),
        ["claims with half a character"] = tokens => tokens.Hmac(Claims(""","x":"\ud800","iat":"\ud800" """)),
        ["exp twice"] = tokens => tokens.Hmac(Claims(",\"exp\":99999999999")),
        ["exp twice, once escaped"] = tokens => tokens.Hmac(Claims(",\"\\u0065xp\":99999999999")),
        ["livestreams twice"] = tokens => tokens.Hmac(Claims($",\"livestreams\":{TestTokens.Everything}")),
        ["publish twice"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["a"],"publish":["*"]}""")),
        ["iss twice"] = tokens => tokens.Hmac(Claims(",\"iss\":\"x\"")),
        ["no exp"] = tokens =>
            tokens.Hmac(TestTokens.Claims().Replace("\"exp\"", "\"expires\"", StringComparison.Ordinal)),
        ["exp as text"] = tokens => tokens.Hmac(Without("exp") + ",\"exp\":\"99999999999\"}"),
        ["exp beyond all years"] = tokens => tokens.Hmac(Without("exp") + ",\"exp\":1e300}"),
        ["exp below all years"] = tokens => tokens.Hmac(Without("exp") + ",\"exp\":-1e300}"),
        ["exp null"] = tokens => tokens.Hmac(Without("exp") + ",\"exp\":null}"),
        ["iss as a list"] = tokens => tokens.Hmac(Without("iss") + $",\"iss\":[\"{TestTokens.Issuer}\"]}}"),
        ["no iss"] = tokens => tokens.Hmac(Without("iss") + "}"),
        ["aud as an object"] = tokens => tokens.Hmac(Without("aud") + ",\"aud\":{\"livestreams\":1}}"),
        ["no aud"] = tokens => tokens.Hmac(Without("aud") + "}"),
        ["a pattern with * inside"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*","a*b"]}""")),
        ["a pattern of two *"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["**"]}""")),
        ["an empty pattern"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*",""]}""")),
        ["a pattern that is a number"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*",7]}""")),
        ["publish as text"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":"*"}""")),
        ["subscribe as text"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"subscribe":"*"}""")),
        ["a member of the claim that does not exist"] = tokens =>
            tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"event":["score"]}""")),
        ["events as text"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"events":"message"}""")),
        ["an event pattern with * inside"] = tokens =>
            tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"events":["message","a*b"]}""")),
        ["posts as text"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"posts":"*"}""")),
        ["end as null"] = tokens => tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"end":null}""")),
        ["sub as a number"] = tokens => tokens.Hmac(Claims(",\"sub\":1")),
        ["sub with a space around it"] = tokens => tokens.Hmac(Claims(",\"sub\":\" x\"")),
        ["jti with a line end"] = tokens => tokens.Hmac(Claims(",\"jti\":\"a\\nb\"")),
        ["jti as a list"] = tokens => tokens.Hmac(Claims(",\"jti\":[\"a\"]")),
        ["the claim as text"] = tokens => tokens.Hmac(TestTokens.Claims("\"*\"")),
        ["the claim as JSON in text"] = tokens => tokens.Hmac(TestTokens.Claims("\"{\\\"publish\\\":[\\\"*\\\"]}\"")),
        ["the claim as a list"] = tokens => tokens.Hmac(TestTokens.Claims("[\"*\"]")),
        ["the claim null"] = tokens => tokens.Hmac(TestTokens.Claims("null")),
    };

    public static TheoryData<string> Kinds => [.. _tokens.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_forged_or_malformed_token_is_refused(string kind)
    {
        using var response = await _endpoint.SendAsync(
            api.Client, "home", ("Authorization", $"Bearer {_tokens[kind](api.Tokens)}"));

        Assert.Equal(
            (401, "Bearer error=\"invalid_token\""),
            ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
    }

    [Theory]
    [InlineData("""{"publish":["*"]}""", 201)]
    [InlineData("""{"publish":["home"]}""", 201)]
    [InlineData("""{"publish":["ho*"],"events":["message"]}""", 201)]
    [InlineData("""{"publish":["Home","hom","homeward","news:*"]}""", 403)]
    [InlineData("""{"publish":[]}""", 403)]
    [InlineData("{}", 403)]
    public async Task A_grant_covers_only_the_pages_it_names(string grants, int status)
    {
        using var response = await _endpoint.SendAsync(
            api.Client, "home", ("Authorization", $"Bearer {api.Tokens.Hmac(TestTokens.Claims(grants))}"));

        Assert.Equal(status, (int)response.StatusCode);
    }

    // The valid claims, and more.
    private static string Claims(string more) => TestTokens.Claims()[..^1] + more + "}";

    // The valid claims without one of them, and without the closing brace.
    private static string Without(string claim) =>
        TestTokens.Claims()[..^1].Replace($"\"{claim}\"", "\"x\"", StringComparison.Ordinal);

    private static string Forge(string secret, string header) =>
        TestTokens.Hmac(TestTokens.Claims(), header, Encoding.UTF8.GetBytes(secret));

    private static string Raw(TestTokens tokens, byte[] claims)
    {
        var input = $"{TestTokens.Encode("""{"alg":"HS256","kid":"secret"}""")}.{TestTokens.Encode(claims)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(tokens.Secret), Encoding.ASCII.GetBytes(input));
        return $"{input}.{TestTokens.Encode(signature)}";
    }
}
