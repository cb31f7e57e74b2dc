using System.Net;
using LiveStreams.Api.Security;
using Microsoft.AspNetCore.Http;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Keys that are added, removed, or unreadable for a while. The test advances a fake clock.</summary>
public sealed class KeyRingTests : IDisposable
{
    private readonly KeyRingHarness _keys = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replaced_file_adds_its_new_keys_and_removes_its_old_keys()
    {
        await File.WriteAllTextAsync(_keys.Tokens.SetFile, _keys.Tokens.KeySet(), Ct);
        var ring = await _keys.LoadAsync(("JwksFile", _keys.Tokens.SetFile));
        var (rsa, ec) = (ring.Keys[0], ring.Keys[1]);
        Assert.Equal(["RS256", "ES256"], ring.Keys.Select(key => key.Algorithm));

        await File.WriteAllTextAsync(_keys.Tokens.SetFile, _keys.Tokens.KeySet(rsaId: "next"), Ct);
        await ring.RefreshAsync(Ct);

        Assert.Equal(["next", "ec"], ring.Keys.Select(key => key.Kid));
        Assert.Equal((true, false), (rsa.IsRetired, ec.IsRetired));
        Assert.Same(ec, ring.Keys[1]);
        Assert.Contains(
            "info: LiveStreams.Api.Security.KeyRing: The keys have changed: 1 are new, 1 are no longer valid; "
            + "there are 2 now.",
            _keys.Log,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_keeps_its_keys_for_an_hour_and_a_deleted_file_removes_them_at_once()
    {
        await File.WriteAllTextAsync(_keys.Tokens.SetFile, _keys.Tokens.KeySet(), Ct);
        var ring = await _keys.LoadAsync(("JwksFile", _keys.Tokens.SetFile));
        await File.WriteAllTextAsync(_keys.Tokens.SetFile, "{", Ct);
        await ring.RefreshAsync(Ct);
        _keys.Time.Advance(KeyRing.MaxAge - TimeSpan.FromSeconds(1));
        await ring.RefreshAsync(Ct);
        Assert.Equal(2, ring.Keys.Count);
        _keys.Time.Advance(TimeSpan.FromSeconds(1));
        await ring.RefreshAsync(Ct);
        Assert.Empty(ring.Keys);

        await File.WriteAllTextAsync(_keys.Tokens.SetFile, _keys.Tokens.KeySet(), Ct);
        await ring.RefreshAsync(Ct);
        Assert.Contains(
            "info: LiveStreams.Api.Security.KeyRing: The keys of Auth:Keys:0 can be read again.",
            _keys.Log,
            StringComparison.Ordinal);
        var key = ring.Keys[0];
        File.Delete(_keys.Tokens.SetFile);
        await ring.RefreshAsync(Ct);

        Assert.Empty(ring.Keys);
        Assert.True(key.IsRetired);
    }

    [Fact]
    public async Task A_key_address_with_an_invalid_response_keeps_its_keys_for_an_hour()
    {
        await using var server = await KeySetServer.StartAsync(_keys.Tokens.KeySet());
        var ring = await _keys.LoadAsync(("JwksUrl", server.Url));
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

        _keys.Time.Advance(KeyRing.MaxAge);
        await ring.RefreshAsync(Ct);
        Assert.Empty(ring.Keys);

        server.Response = Results.Text(_keys.Tokens.KeySet());
        await ring.RefreshAsync(Ct);
        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task Keys_grow_old_while_one_of_them_or_the_configuration_cannot_be_read()
    {
        await using var server = await KeySetServer.StartAsync(_keys.Tokens.KeySet());
        var ring = await _keys.LoadAsync(("JwksUrl", server.Url));
        _keys.Settings["Auth:Keys:1:Secret"] = _keys.Tokens.Secret;
        await AssertAgeAsync(TimeSpan.Zero);

        server.Response = Results.StatusCode(500);
        await AssertAgeAsync(TimeSpan.FromMinutes(1));
        await AssertAgeAsync(TimeSpan.FromMinutes(2));

        server.Response = Results.Text(_keys.Tokens.KeySet());
        await AssertAgeAsync(TimeSpan.Zero);

        _keys.Settings["Auth:Keys:1:Secret"] = "short";
        await AssertAgeAsync(TimeSpan.FromMinutes(1));

        async Task AssertAgeAsync(TimeSpan expected)
        {
            _keys.Time.Advance(TimeSpan.FromMinutes(1));
            await ring.RefreshAsync(Ct);
            Assert.Equal(expected, ring.Age);
        }
    }

    [Fact]
    public async Task Without_keys_there_is_no_age()
    {
        var ring = await _keys.LoadAsync();

        Assert.Null(ring.Age);
    }

    [Fact]
    public async Task A_key_address_that_fails_at_the_start_is_tried_again()
    {
        await using var server = await KeySetServer.StartAsync("");
        server.Response = Results.StatusCode((int)HttpStatusCode.BadGateway);
        var ring = await _keys.LoadAsync(("JwksUrl", server.Url));
        Assert.Empty(ring.Keys);

        server.Response = Results.Text(_keys.Tokens.KeySet());
        await ring.RefreshAsync(Ct);

        Assert.Equal(2, ring.Keys.Count);
    }

    [Fact]
    public async Task A_configuration_that_becomes_invalid_keeps_the_current_keys()
    {
        var ring = await _keys.LoadAsync(("Secret", _keys.Tokens.Secret));
        _keys.Settings["Auth:Keys:0:Secret"] = "short";
        await ring.RefreshAsync(Ct);
        Assert.Single(ring.Keys);

        _keys.Settings["Auth:Keys:0:Secret"] = new string('n', 32);
        var old = ring.Keys[0];
        await ring.RefreshAsync(Ct);

        Assert.True(old.IsRetired);
        Assert.Single(ring.Keys);
    }

    [Fact]
    public async Task An_address_of_keys_is_not_added_while_the_server_has_no_audience()
    {
        await using var server = await KeySetServer.StartAsync(_keys.Tokens.KeySet());
        var ring = await _keys.LoadAsync(audience: null, ("Secret", _keys.Tokens.Secret));
        _keys.Settings["Auth:Keys:1:JwksUrl"] = server.Url;
        _keys.Settings["Auth:Audience"] = TestTokens.Audience;

        await ring.RefreshAsync(Ct);

        Assert.Equal("HS256", Assert.Single(ring.Keys).Algorithm);
    }

    public void Dispose() => _keys.Dispose();
}
