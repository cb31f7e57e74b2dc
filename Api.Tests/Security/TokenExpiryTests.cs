using System.Net;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// A stream lives no longer than the token and key it was opened with. The test advances the server's fake clock.
/// </summary>
[Collection(nameof(Alone))]
public sealed class TokenExpiryTests
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The real time after each step in which the server can end a stream gracefully before it must cut it off.
    /// </summary>
    private static readonly TimeSpan _stepPause = TimeSpan.FromSeconds(0.25);

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData("1.0", @"\nretry: [2-4][0-9]{3}\n\n\z")]
    [InlineData("1.1", @"\nretry: [2-4][0-9]{3}\n\n\r\n0\r\n\r\n\z")]
    public async Task A_stream_whose_token_expires_ends_gracefully_over_every_version_of_HTTP(string http, string end)
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(["--Store=memory", .. tokens.Settings], _time);
        using var connection = await RawHttp.ConnectAsync(server.Address);
        await connection.SendAsync(
            $"GET /pages/home/events HTTP/{http}\r\nHost: {server.Address.Authority}\r\n"
            + $"Authorization: Bearer {tokens.Hmac(TestTokens.Claims(expiresIn: 3))}\r\n\r\n");
        var receiving = connection.ReceiveToEndAsync();

        await AdvanceUntilAsync(receiving);

        Assert.Matches(end, await receiving);
    }

    [Fact]
    public async Task A_key_removed_from_its_set_closes_only_its_own_streams_within_a_minute()
    {
        using var tokens = new TestTokens();
        await File.WriteAllTextAsync(tokens.SetFile, tokens.KeySet(), TestContext.Current.CancellationToken);
        await using var server = await InProcessApi.StartAsync(
            [
                "--Store=memory",
                "--Auth:AllowQueryToken=true",
                $"--Auth:Keys:3:JwksFile={tokens.SetFile}",
                .. tokens.Settings[..2],
                .. tokens.Settings[5..],
            ],
            _time);
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignEc()}");
        Assert.Equal(HttpStatusCode.OK, other.Response.StatusCode);

        await File.WriteAllTextAsync(
            tokens.SetFile, tokens.KeySet(rsaId: "another"), TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(ReadToEndAsync(revoked));

        using var refused = await client.GetAsync($"/pages/home?access_token={tokens.SignRsa()}");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var published = await PageEndpoint.Publishing[0].SendAsync(
            client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal("x", (await other.NextAsync()).Data);
    }

    [Fact]
    public async Task A_key_removed_from_the_configuration_closes_its_streams_and_a_new_key_becomes_valid()
    {
        using var tokens = new TestTokens();
        var file = Path.Combine(tokens.Folder, "appsettings.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{"Auth":{"Keys":[{"Secret":"{{tokens.Secret}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""",
            TestContext.Current.CancellationToken);
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:AllowQueryToken=true", $"--contentRoot={tokens.Folder}"], _time);
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.Hmac()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");

        await File.WriteAllTextAsync(
            file,
            $$"""{"Auth":{"Keys":[{"PemFile":"{{tokens.EcPublicFile}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""",
            TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(ReadToEndAsync(revoked));

        using var published = await PageEndpoint.Publishing[0].SendAsync(
            client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal(HttpStatusCode.Created, published.StatusCode);
        Assert.Equal("x", (await other.NextAsync()).Data);
        using var refused = await PageEndpoint.Publishing[0].SendAsync(
            client, "home", ("Authorization", $"Bearer {tokens.Hmac()}"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    // Advances the clock until the task completes, by a minute at most.
    private async Task AdvanceUntilAsync(Task task)
    {
        var start = _time.GetUtcNow();
        while (!task.IsCompleted && _time.GetUtcNow() < start + _minute)
        {
            _time.Advance(_step);
            await Task.WhenAny(
                task, Task.Delay(_stepPause, TimeProvider.System, TestContext.Current.CancellationToken));
        }

        await task;
    }

    private static async Task ReadToEndAsync(EventStream stream)
    {
        while (await stream.NextOrEndAsync(_minute) is not null)
        {
        }
    }
}
