using LiveStreams.Hosting;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Which keys a start accepts.</summary>
public sealed class KeyRingStartTests : IDisposable
{
    /// <summary>32 zero bytes in Base64url: a coordinate that is on no curve.</summary>
    private const string Zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly KeyRingHarness _keys = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_keys_for_the_configured_algorithm_are_used()
    {
        await File.WriteAllTextAsync(_keys.Tokens.SetFile, _keys.Tokens.KeySet(), Ct);
        var ring = await _keys.LoadAsync(("JwksFile", _keys.Tokens.SetFile), ("Algorithm", "ES256"));
        Assert.Equal("ES256", Assert.Single(ring.Keys).Algorithm);
        await Assert.ThrowsAsync<SettingException>(
            () => _keys.LoadAsync(("PemFile", _keys.Tokens.EcPublicFile), ("Algorithm", "RS256")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[1]}")]
    [InlineData("{\"keys\":[{\"kty\":1}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":null,\"e\":null}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"!\",\"e\":\"AQAB\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + Zero + "\",\"y\":\"" + Zero + "\"}]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    public async Task An_invalid_key_set_stops_the_start_with_a_setting_error(string set)
    {
        await File.WriteAllTextAsync(_keys.Tokens.SetFile, set, Ct);

        await Assert.ThrowsAsync<SettingException>(() => _keys.LoadAsync(("JwksFile", _keys.Tokens.SetFile)));
    }

    [Theory]
    [InlineData("Auth:Keys:0: ", "has an RSA key of 1024 bits")]
    public async Task A_key_that_is_too_small_stops_the_start(string setting, string expected)
    {
        using var small = System.Security.Cryptography.RSA.Create(1024);
        var file = _keys.Tokens.RsaPublicFile;
        await File.WriteAllTextAsync(file, small.ExportSubjectPublicKeyInfoPem(), Ct);

        var error = await Assert.ThrowsAsync<SettingException>(() => _keys.LoadAsync(("PemFile", file)));

        Assert.StartsWith(setting.TrimEnd(), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _keys.Dispose();
}
