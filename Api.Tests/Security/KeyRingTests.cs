using System.Net;
using LiveStreams.Api.Security;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Keys that are added, removed, or unreadable for a while. The test advances a fake clock.</summary>
public sealed class KeyRingTests : IDisposable
{
    /// <summary>32 zero bytes in Base64url: a coordinate that is on no curve.</summary>
    private const string Zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly TestTokens _tokens = new();
    private readonly FakeTimeProvider _time = new();
    private readonly KeyReader _reader = new();
    private readonly LogRecorder _log = new();
    private readonly Dictionary<string, string?> _settings = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replaced_file_adds_its_new_keys_and_removes_its_old_keys()
    {
        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(), Ct);
        var ring = await LoadAsync(("JwksFile", _tokens.SetFile));
        var (rsa, ec) = (ring.Keys[0], ring.Keys[1]);
        Assert.Equal(["RS256", "ES256"], ring.Keys.Select(key => key.Algorithm));

        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(rsaId: "next"), Ct);
        await ring.RefreshAsync(Ct);

        Assert.Equal(["next", "ec"], ring.Keys.Select(key => key.Kid));
        Assert.Equal((true, false), (rsa.IsRetired, ec.IsRetired));
        Assert.Same(ec, ring.Keys[1]);
        Assert.Contains(
            "info: LiveStreams.Api.Security.KeyRing: The keys have changed: 1 are new, 1 are no longer valid; "
            + "there are 2 now.",
            _log.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_keeps_its_keys_for_an_hour_and_a_deleted_file_removes_them_at_once()
    {
        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(), Ct);
        var ring = await LoadAsync(("JwksFile", _tokens.SetFile));
        await File.WriteAllTextAsync(_tokens.SetFile, "{", Ct);
        await ring.RefreshAsync(Ct);
        _time.Advance(KeyRing.MaxAge - TimeSpan.FromSeconds(1));
        await ring.RefreshAsync(Ct);
        Assert.Equal(2, ring.Keys.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ring.RefreshAsync(Ct);
        Assert.Empty(ring.Keys);

        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(), Ct);
        await ring.RefreshAsync(Ct);
        Assert.Contains(
            "info: LiveStreams.Api.Security.KeyRing: The keys of Auth:Keys:0 can be read again.",
            _log.Text,
            StringComparison.Ordinal);
        var key = ring.Keys[0];
        File.Delete(_tokens.SetFile);
        await ring.RefreshAsync(Ct);

        Assert.Empty(ring.Keys);
        Assert.True(key.IsRetired);
    }

    [Fact]
    public async Task A_key_address_with_an_invalid_response_keeps_its_keys_for_an_hour()
    {
        await using var server = await KeySetServer.StartAsync(_tokens.KeySet());
        var ring = await LoadAsync(("JwksUrl", server.Url));
        Assert.Equal(2, ring.Keys.Count);

        IResult[] invalid =
        [
            Results.StatusCode(500),
            Results.Text("no JSON"),
            Results.Text(new string(' ', 300_000)),
            Results.Redirect("/elsewhere"),
            Results.Text("{}"),
        ];
        foreach (var response in invalid)
        {
            server.Response = response;
            await ring.RefreshAsync(Ct);
            Assert.Equal(2, ring.Keys.Count);
        }

        _time.Advance(KeyRing.MaxAge);
        await ring.RefreshAsync(Ct);
        Assert.Empty(ring.Keys);

        server.Response = Results.Text(_tokens.KeySet());
        await ring.RefreshAsync(Ct);
        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task Keys_grow_old_while_one_of_them_or_the_configuration_cannot_be_read()
    {
        await using var server = await KeySetServer.StartAsync(_tokens.KeySet());
        var ring = await LoadAsync(("JwksUrl", server.Url));
        _settings["Auth:Keys:1:Secret"] = _tokens.Secret;
        await AssertAgeAsync(TimeSpan.Zero);

        server.Response = Results.StatusCode(500);
        await AssertAgeAsync(TimeSpan.FromMinutes(1));
        await AssertAgeAsync(TimeSpan.FromMinutes(2));

        server.Response = Results.Text(_tokens.KeySet());
        await AssertAgeAsync(TimeSpan.Zero);

        _settings["Auth:Keys:1:Secret"] = "short";
        await AssertAgeAsync(TimeSpan.FromMinutes(1));

        async Task AssertAgeAsync(TimeSpan expected)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await ring.RefreshAsync(Ct);
            Assert.Equal(expected, ring.Age);
        }
    }

    [Fact]
    public async Task Without_keys_there_is_no_age()
    {
        var ring = await LoadAsync();

        Assert.Null(ring.Age);
    }

    [Fact]
    public async Task A_key_address_that_fails_at_the_start_is_tried_again()
    {
        await using var server = await KeySetServer.StartAsync("");
        server.Response = Results.StatusCode((int)HttpStatusCode.BadGateway);
        var ring = await LoadAsync(("JwksUrl", server.Url));
        Assert.Empty(ring.Keys);

        server.Response = Results.Text(_tokens.KeySet());
        await ring.RefreshAsync(Ct);

        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task A_configuration_that_becomes_invalid_keeps_the_current_keys()
    {
        var ring = await LoadAsync(("Secret", _tokens.Secret));
        _settings["Auth:Keys:0:Secret"] = "short";
        await ring.RefreshAsync(Ct);
        Assert.Single(ring.Keys);

        _settings["Auth:Keys:0:Secret"] = new string('n', 32);
        var old = ring.Keys[0];
        await ring.RefreshAsync(Ct);

        Assert.True(old.IsRetired);
        Assert.Single(ring.Keys);
    }

    [Fact]
    public async Task An_address_of_keys_is_not_added_while_the_server_has_no_audience()
    {
        await using var server = await KeySetServer.StartAsync(_tokens.KeySet());
        var ring = await LoadAsync(audience: null, ("Secret", _tokens.Secret));
        _settings["Auth:Keys:1:JwksUrl"] = server.Url;
        _settings["Auth:Audience"] = TestTokens.Audience;

        await ring.RefreshAsync(Ct);

        Assert.Equal("HS256", Assert.Single(ring.Keys).Algorithm);
    }

    [Fact]
    public async Task Only_keys_for_the_configured_algorithm_are_used()
    {
        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(), Ct);
        var ring = await LoadAsync(("JwksFile", _tokens.SetFile), ("Algorithm", "ES256"));
        Assert.Equal("ES256", Assert.Single(ring.Keys).Algorithm);
        await Assert.ThrowsAsync<SettingException>(
            () => LoadAsync(("PemFile", _tokens.EcPublicFile), ("Algorithm", "RS256")));
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
        await File.WriteAllTextAsync(_tokens.SetFile, set, Ct);

        await Assert.ThrowsAsync<SettingException>(() => LoadAsync(("JwksFile", _tokens.SetFile)));
    }

    [Theory]
    [InlineData("Auth:Keys:0: ", "has an RSA key of 1024 bits")]
    public async Task A_key_that_is_too_small_stops_the_start(string setting, string expected)
    {
        using var small = System.Security.Cryptography.RSA.Create(1024);
        await File.WriteAllTextAsync(_tokens.RsaPublicFile, small.ExportSubjectPublicKeyInfoPem(), Ct);

        var error = await Assert.ThrowsAsync<SettingException>(() => LoadAsync(("PemFile", _tokens.RsaPublicFile)));

        Assert.StartsWith(setting.TrimEnd(), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _reader.Dispose();
    }

    private Task<KeyRing> LoadAsync(params (string Name, string Value)[] key) => LoadAsync(TestTokens.Audience, key);

    private async Task<KeyRing> LoadAsync(string? audience, params (string Name, string Value)[] key)
    {
        _settings.Clear();
        foreach (var (name, value) in key)
        {
            _settings[$"Auth:Keys:0:{name}"] = value;
        }

        MemoryConfigurationSource source = new() { InitialData = _settings };
        var options = new AuthOptions
        {
            Keys = KeySetting.ReadAll(new ConfigurationBuilder().Add(source).Build()),
            Audience = audience,
        };
        var ring = new KeyRing(
            options,
            new KeyConfiguration([new ReloadingSettings(_settings)]),
            _reader,
            _time,
            new LoggerFactory([_log]).CreateLogger<KeyRing>());
        await ring.LoadAsync(Ct);
        return ring;
    }

    /// <summary>Settings that are copied at each load.</summary>
    private sealed class ReloadingSettings(Dictionary<string, string?> settings)
        : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() =>
            Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
    }
}
