using System.Text;
using System.Text.Json.Nodes;
using LiveStreams.Api.Security;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Which keys of a set are used, and which sets are refused.</summary>
public sealed class KeySetReaderTests : IDisposable
{
    private readonly TestTokens _tokens = new();

    [Theory]
    [InlineData("use", "enc")]
    [InlineData("alg", "RS512")]
    [InlineData("alg", "ES384")]
    [InlineData("kty", "oct")]
    [InlineData("kty", "rsa")]
    [InlineData("kty", null)]
    public void A_key_for_another_use_or_algorithm_is_ignored(string member, string? value)
    {
        var set = JsonNode.Parse(_tokens.KeySet())!;
        set["keys"]![0]![member] = value;

        Assert.Equal("ec", Assert.Single(Read(set.ToJsonString())).Kid);
    }

    [Theory]
    [InlineData("x5c", "\"text\"")]
    [InlineData("key_ops", "null")]
    [InlineData("key_ops", "\"verify\"")]
    [InlineData("oth", "[{}]")]
    [InlineData("d", "1")]
    [InlineData("N", "\"AQAB\"")]
    [InlineData("Use", "\"enc\"")]
    [InlineData("KTY", "\"oct\"")]
    public void A_member_that_is_not_used_does_not_matter(string member, string json)
    {
        var set = JsonNode.Parse(_tokens.KeySet())!;
        set["keys"]![0]![member] = JsonNode.Parse(json);
        set["KEYS"] = new JsonArray(1);

        Assert.Equal(["rsa", "ec"], Read(set.ToJsonString()).Select(key => key.Kid));
    }

    [Fact]
    public void A_key_on_another_curve_is_ignored()
    {
        var set = JsonNode.Parse(_tokens.KeySet())!;
        set["keys"]![1]!["crv"] = "P-384";

        Assert.Equal("rsa", Assert.Single(Read(set.ToJsonString())).Kid);
    }

    [Fact]
    public void Unknown_members_are_ignored_and_a_set_may_be_empty()
    {
        var set = JsonNode.Parse(_tokens.KeySet())!;
        set["issued"] = new JsonObject { ["at"] = 1 };
        set["keys"]![0]!["more"] = new JsonArray(1, "x", null);

        Assert.Equal(["rsa", "ec"], Read(set.ToJsonString()).Select(key => key.Kid));
        Assert.Empty(Read("""{"keys":[]}"""));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Keys":[]}""")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[null]}""")]
    [InlineData("""{"keys":[[]]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","kty":"RSA"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","more":[[[[[[[]]]]]]]}]}""")]
    [InlineData("""{"keys":[]} {}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"\ud800","n":"AQAB","e":"AQAB"}]}""")]
    public void A_malformed_set_is_refused(string set) => Assert.Throws<KeyException>(() => Read(set));

    [Fact]
    public void A_set_that_is_not_UTF8_is_refused()
    {
        var set = _tokens.KeySet(rsaId: "é").Replace("\\u00E9", "é", StringComparison.Ordinal);

        Assert.Throws<KeyException>(() => KeySetReader.Read(Encoding.Latin1.GetBytes(set)));
    }

    [Fact]
    public void A_set_with_too_many_keys_is_refused()
    {
        var set = JsonNode.Parse(_tokens.KeySet())!;
        var keys = Enumerable.Repeat(set["keys"]![0]!, KeySetting.MaxKeys + 1).Select(key => key.DeepClone()).ToArray();
        set["keys"] = new JsonArray(keys);

        var exception = Assert.Throws<KeyException>(() => Read(set.ToJsonString()));
        Assert.Contains("at most 32", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _tokens.Dispose();

    private static IReadOnlyList<SigningKey> Read(string set) => KeySetReader.Read(Encoding.UTF8.GetBytes(set));
}
