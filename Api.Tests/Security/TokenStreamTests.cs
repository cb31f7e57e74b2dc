using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>A stream lives no longer than what it was opened with.</summary>
public sealed class TokenStreamTests
{
    private const int Streams = 200;
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Streams_end_by_the_exp_of_their_token_under_load_and_one_that_is_not_read_is_cut_off()
    {
        using var tokens = new TestTokens();
        using var server = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--History:MaxUpdates=100000", "--Store=memory", "--Auth:AnonymousPublish=true", "--Auth:AllowQueryToken=true", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        using var publisher = new CancellationTokenSource();
        await using var open = await client.SubscribeAsync("home");
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(12);
        var query = $"?access_token={tokens.Hmac(TestTokens.Claims(expiresIn: 12))}";
        var opened = TimeProvider.System.GetUtcNow();
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => client.SubscribeAsync("home", query: query)));
        using var stopped = await UnreadStream.OpenAsync(server.Address, query);
        var publishing = PublishAsync(client, publisher.Token);

        var ended = await Task.WhenAll(streams.Select(EndOfAsync));
        await Wait.UntilAsync(async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == 1, "only the stream without a token is open");
        var cut = TimeProvider.System.GetUtcNow();
        await publisher.CancelAsync();
        var published = await publishing;

        // The token's exp has whole seconds; the clock of the streams another one.
        var left = expires - opened;
        Assert.All(ended, end => Assert.InRange(end, opened + (left * 0.8) - TimeSpan.FromSeconds(3), expires + TimeSpan.FromSeconds(1.5)));
        Assert.InRange(cut, opened, expires + TimeSpan.FromSeconds(3));
        Assert.True(ended.Max() - ended.Min() > TimeSpan.FromSeconds(0.5), "they end at the same moment");
        Assert.All(streams, stream => Assert.InRange(stream.ReconnectionInterval.TotalSeconds, 2.000_001, 4));
        Assert.Equal(Enumerable.Range(0, published).Select(n => $"{n}"), await open.NextDataAsync(published));
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("1.0", @"\nretry: [2-4][0-9]{3}\n\n\z")]
    [InlineData("1.1", @"\nretry: [2-4][0-9]{3}\n\n\r\n0\r\n\r\n\z")]
    public async Task It_ends_in_good_order_however_it_is_carried(string http, string end)
    {
        using var tokens = new TestTokens();
        using var server = await ServerProcess.StartAsync(["--Store=memory", .. tokens.Settings]);
        using var connection = await RawHttp.ConnectAsync(server.Address);
        await connection.SendAsync(
            $"GET /pages/home/events HTTP/{http}\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {tokens.Hmac(TestTokens.Claims(expiresIn: 3))}\r\n\r\n");

        Assert.Matches(end, await connection.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_key_that_is_gone_from_its_set_closes_its_streams_within_a_minute_and_no_others()
    {
        using var tokens = new TestTokens();
        await File.WriteAllTextAsync(tokens.SetFile, tokens.KeySet(), TestContext.Current.CancellationToken);
        using var server = await ServerProcess.StartAsync(["--Store=memory", "--Auth:AllowQueryToken=true", $"--Auth:Keys:3:JwksFile={tokens.SetFile}", .. tokens.Settings[..2], .. tokens.Settings[5..]]);
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignEc()}");
        Assert.Equal(HttpStatusCode.OK, other.Response.StatusCode);

        var start = TimeProvider.System.GetTimestamp();
        await File.WriteAllTextAsync(tokens.SetFile, tokens.KeySet(rsaId: "another"), TestContext.Current.CancellationToken);
        await EndOfAsync(revoked, _minute);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, _minute);
        using var refused = await client.GetAsync($"/pages/home?access_token={tokens.SignRsa()}");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var published = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal("x", (await other.NextAsync()).Data);
    }

    [Fact]
    public async Task A_key_that_is_gone_from_the_configuration_closes_its_streams_and_a_new_one_counts()
    {
        using var tokens = new TestTokens();
        using var first = await ServerProcess.StartAsync("--Store=memory", "--Auth:AllowQueryToken=true");
        var file = Path.Combine(first.Folder, "appsettings.json");
        await File.WriteAllTextAsync(file, $$"""{"Auth":{"Keys":[{"Secret":"{{tokens.Secret}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""", TestContext.Current.CancellationToken);
        await first.KillAsync();
        using var server = await first.RestartAsync();
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.Hmac()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");

        await File.WriteAllTextAsync(file, $$"""{"Auth":{"Keys":[{"PemFile":"{{tokens.EcPublicFile}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""", TestContext.Current.CancellationToken);
        await EndOfAsync(revoked, _minute);

        using var published = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal(HttpStatusCode.Created, published.StatusCode);
        Assert.Equal("x", (await other.NextAsync()).Data);
        using var refused = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.Hmac()}"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task<int> PublishAsync(ApiClient client, CancellationToken stopped)
    {
        var count = 0;
        while (!stopped.IsCancellationRequested)
        {
            await client.PublishAsync("home", $"{count++}");
        }

        return count;
    }

    private static Task<DateTimeOffset> EndOfAsync(EventStream stream) => EndOfAsync(stream, TimeSpan.FromSeconds(30));

    // When the stream ended, in good order.
    private static async Task<DateTimeOffset> EndOfAsync(EventStream stream, TimeSpan bound)
    {
        while (await stream.NextOrEndAsync(bound) is not null)
        {
        }

        return TimeProvider.System.GetUtcNow();
    }
}
