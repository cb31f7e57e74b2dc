using System.Net;
using LiveStreams.Api.Security;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Keys that come, go, and cannot be read for a while, on a clock that the test turns.</summary>
public sealed class KeyRingTests : IDisposable
{
    private readonly TestTokens _tokens = new();
    private readonly FakeTimeProvider _time = new();
    private readonly KeyReader _reader = new();
    private readonly Dictionary<string, string?> _settings = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_replaced_brings_its_keys_and_those_it_had_are_gone()
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
    }

    [Fact]
    public async Task A_file_that_is_broken_leaves_its_keys_for_an_hour_and_one_that_is_gone_takes_them_along()
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
        var key = ring.Keys[0];
        File.Delete(_tokens.SetFile);
        await ring.RefreshAsync(Ct);

        Assert.Empty(ring.Keys);
        Assert.True(key.IsRetired);
    }

    [Fact]
    public async Task An_address_that_gives_no_good_answer_leaves_the_keys_for_an_hour()
    {
        await using var address = await KeyAddress.StartAsync(_tokens.KeySet());
        var ring = await LoadAsync(("JwksUrl", address.Url));
        Assert.Equal(2, ring.Keys.Count);

        foreach (var answer in new IResult[] { Results.StatusCode(500), Results.Text("no JSON"), Results.Text(new string(' ', 300_000)), Results.Redirect("/elsewhere"), Results.Text("{}") })
        {
            address.Answer = answer;
            await ring.RefreshAsync(Ct);
            Assert.Equal(2, ring.Keys.Count);
        }

        _time.Advance(KeyRing.MaxAge);
        await ring.RefreshAsync(Ct);
        Assert.Empty(ring.Keys);

        address.Answer = Results.Text(_tokens.KeySet());
        await ring.RefreshAsync(Ct);
        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task An_address_that_is_not_there_at_the_start_is_tried_again()
    {
        await using var address = await KeyAddress.StartAsync("");
        address.Answer = Results.StatusCode((int)HttpStatusCode.BadGateway);
        var ring = await LoadAsync(("JwksUrl", address.Url));
        Assert.Empty(ring.Keys);

        address.Answer = Results.Text(_tokens.KeySet());
        await ring.RefreshAsync(Ct);

        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task A_configuration_that_has_become_wrong_leaves_the_keys_as_they_are()
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
    public async Task Only_keys_for_the_algorithm_that_is_set_are_taken()
    {
        await File.WriteAllTextAsync(_tokens.SetFile, _tokens.KeySet(), Ct);
        Assert.Equal("ES256", Assert.Single((await LoadAsync(("JwksFile", _tokens.SetFile), ("Algorithm", "ES256"))).Keys).Algorithm);
        await Assert.ThrowsAsync<SettingException>(() => LoadAsync(("PemFile", _tokens.EcPublicFile), ("Algorithm", "RS256")));
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
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    public async Task A_set_that_is_broken_stops_the_start_and_no_more(string set)
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

    private async Task<KeyRing> LoadAsync(params (string Name, string Value)[] key)
    {
        _settings.Clear();
        foreach (var (name, value) in key)
        {
            _settings[$"Auth:Keys:0:{name}"] = value;
        }

        MemoryConfigurationSource source = new() { InitialData = _settings };
        var options = new AuthOptions { Keys = KeySetting.ReadAll(new ConfigurationBuilder().Add(source).Build()) };
        var ring = new KeyRing(options, new KeyConfiguration([new Live(_settings)]), _reader, _time, NullLogger<KeyRing>.Instance);
        await ring.LoadAsync(Ct);
        return ring;
    }

    /// <summary>Settings as they are at each reading.</summary>
    private sealed class Live(Dictionary<string, string?> settings) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Where a key set is.</summary>
    private sealed class KeyAddress(WebApplication app) : IAsyncDisposable
    {
        public IResult Answer { get; set; } = Results.NoContent();

        public string Url => $"{app.Urls.Single()}/keys";

        public static async Task<KeyAddress> StartAsync(string answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var address = new KeyAddress(builder.Build()) { Answer = Results.Text(answer) };
            address.Map();
            await address.StartAsync();
            return address;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private void Map()
        {
            app.MapGet("/keys", () => Answer);
            app.MapGet("/elsewhere", () => Results.Text("""{"keys":[]}"""));
        }

        private Task StartAsync() => app.StartAsync(Ct);
    }
}
