using System.Text;
using LiveStreams.Api.Security;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// Tokens that are listed in a file while the server runs. The test advances the server's fake clock, which makes it
/// read the file again.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RevocationTests : IDisposable
{
    private const string Revoked = "The token has been revoked.";
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly TestTokens _tokens = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string RevokedFile => Path.Combine(_tokens.Folder, "revoked.txt");

    [Theory]
    [InlineData("jti:one")]
    [InlineData($"iss:{TestTokens.Issuer} sub:editor 1")]
    public async Task The_streams_of_a_revoked_token_end_within_seconds_and_others_continue(string entry)
    {
        await using var server = await StartAsync("");
        using var client = new ApiClient(server.Address);
        var (bad, good) = (Token("one", "editor 1"), Token("two", "editor 2"));
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={bad}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={good}");
        Assert.Equal(201, (await PublishAsync(client, bad)).Status);
        Assert.Equal("x", (await revoked.NextAsync()).Data);
        Assert.Equal("x", (await other.NextAsync()).Data);

        await File.WriteAllTextAsync(RevokedFile, entry, Ct);
        await AdvanceUntilAsync(revoked.NextOrEndAsync(_minute));

        // The server had remembered the token as valid.
        Assert.Equal((401, Revoked), await PublishAsync(client, bad));
        Assert.Equal(201, (await PublishAsync(client, good)).Status);
        Assert.Equal("x", (await other.NextAsync()).Data);
    }

    [Fact]
    public async Task A_subject_of_another_issuer_is_not_revoked_and_an_entry_without_issuer_is_for_all()
    {
        const string file = "# Nobody yet.\n\niss:https://another.example sub:editor\r\nsub:guest\n";
        await using var server = await StartAsync(file);
        using var client = new ApiClient(server.Address);

        Assert.Equal(201, (await PublishAsync(client, Token("one", "editor"))).Status);
        Assert.Equal((401, Revoked), await PublishAsync(client, Token("two", "guest")));
    }

    [Fact]
    public async Task A_file_that_is_gone_or_invalid_keeps_what_it_revoked_and_a_removed_entry_is_valid_again()
    {
        await using var server = await StartAsync("jti:one");
        using var client = new ApiClient(server.Address);
        Assert.Equal((401, Revoked), await PublishAsync(client, Token("one", "editor")));

        File.Delete(RevokedFile);
        await AdvanceUntilLoggedAsync(server, "Auth:RevokedFile does not exist. What it revoked before stays revoked");
        await File.WriteAllTextAsync(RevokedFile, "jti:two\none\n", Ct);
        _time.Advance(_minute);
        Assert.Equal((401, Revoked), await PublishAsync(client, Token("one", "editor")));
        Assert.Equal(201, (await PublishAsync(client, Token("two", "editor"))).Status);

        // One warning for the whole time in which the file is not a list.
        Assert.Single(server.Output.Split('\n'), line => line.StartsWith("warn: ", StringComparison.Ordinal)
            && line.Contains("Auth:RevokedFile", StringComparison.Ordinal));

        await File.WriteAllTextAsync(RevokedFile, "jti:two\n", Ct);
        await AdvanceUntilLoggedAsync(server, "Auth:RevokedFile has been read. It revokes 1 tokens and subjects.", 2);
        Assert.Equal(201, (await PublishAsync(client, Token("one", "editor"))).Status);
        Assert.Equal((401, Revoked), await PublishAsync(client, Token("two", "editor")));
    }

    [Fact]
    public async Task A_list_grows_old_while_it_cannot_be_read()
    {
        var options = new AuthOptions { RevokedFile = RevokedFile };
        var revoked = new RevokedTokens(options, _time, NullLogger<RevokedTokens>.Instance);
        await File.WriteAllTextAsync(RevokedFile, "jti:one", Ct);
        await revoked.LoadAsync(Ct);
        foreach (var (content, age) in new[] { ("jti", _minute), ("sub", 2 * _minute), ("jti:one", TimeSpan.Zero) })
        {
            await File.WriteAllTextAsync(RevokedFile, content, Ct);
            _time.Advance(_minute);
            await revoked.RefreshAsync(Ct);
            Assert.Equal(age, revoked.Age);
        }

        Assert.Null(new RevokedTokens(new AuthOptions(), _time, NullLogger<RevokedTokens>.Instance).Age);
    }

    [Theory]
    [InlineData("jti", "has neither jti:VALUE nor sub:VALUE in line 1")]
    [InlineData("jti:a\n\njti:", "has neither jti:VALUE nor sub:VALUE in line 3")]
    [InlineData("iss:x", "has neither jti:VALUE nor sub:VALUE in line 1")]
    [InlineData("iss: jti:x", "has neither jti:VALUE nor sub:VALUE in line 1")]
    [InlineData("Sub:x", "has neither jti:VALUE nor sub:VALUE in line 1")]
    [InlineData("sub:Ä", "is not UTF-8")]
    public async Task A_file_that_is_not_a_list_stops_the_start(string content, string expected)
    {
        var encoding = expected == "is not UTF-8" ? Encoding.Latin1 : Encoding.UTF8;
        await File.WriteAllTextAsync(RevokedFile, content, encoding, Ct);
        var error = await Assert.ThrowsAsync<SettingException>(() => StartAsync(content: null));

        Assert.Equal($"Auth:RevokedFile: '{RevokedFile}' {expected}.", error.Message);
    }

    public void Dispose() => _tokens.Dispose();

    private async Task<InProcessApi> StartAsync(string? content)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(RevokedFile, content, Ct);
        }

        return await InProcessApi.StartAsync(
            [
                "--Store=memory", "--Auth:AllowQueryToken=true", $"--Auth:RevokedFile={RevokedFile}",
                .. _tokens.Settings,
            ],
            _time);
    }

    private string Token(string id, string subject) =>
        _tokens.Hmac(TestTokens.Claims().Insert(1, $"\"jti\":\"{id}\",\"sub\":\"{subject}\","));

    private static async Task<(int Status, string? Detail)> PublishAsync(ApiClient client, string token)
    {
        using var response = await PageEndpoint.Publishing[0].SendAsync(
            client, "home", ("Authorization", $"Bearer {token}"));
        var body = await ApiClient.JsonAsync(response);
        return ((int)response.StatusCode, body.TryGetProperty("detail", out var detail) ? detail.GetString() : null);
    }

    // Advances the clock, by less than a minute, until the stream has ended.
    private async Task AdvanceUntilAsync(Task stream)
    {
        var start = _time.GetUtcNow();
        await Wait.UntilAsync(
            () =>
            {
                _time.Advance(_step);
                return Task.FromResult(stream.IsCompleted);
            },
            "the stream ends");
        await stream;
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.Zero, _minute);
    }

    private Task AdvanceUntilLoggedAsync(InProcessApi server, string line, int times = 1) => Wait.UntilAsync(
        () =>
        {
            _time.Advance(_step);
            return Task.FromResult(server.Output.Split(line).Length > times);
        },
        line);
}
