using System.Net;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Security;

/// <summary>A stream lives no longer than what it was opened with. The server's clock is turned by the test.</summary>
public sealed class TokenStreamTests
{
    private const int Streams = 200;
    private const int TokenSeconds = 12;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Streams_end_by_the_exp_of_their_token_under_load_and_one_that_is_not_read_is_cut_off()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            [.. ServerProcess.Unthrottled, "--History:MaxUpdates=100000", "--Store=memory", "--Auth:AnonymousPublish=true", "--Auth:AllowQueryToken=true", .. tokens.Settings],
            _time);
        using var client = new ApiClient(server.Address);
        using var publisher = new CancellationTokenSource();
        await using var open = await client.SubscribeAsync("home");
        var opened = _time.GetUtcNow();
        var query = $"?access_token={tokens.Hmac(TestTokens.Claims(expiresIn: TokenSeconds))}";
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => client.SubscribeAsync("home", query: query)));
        using var stopped = await UnreadStream.OpenAsync(server.Address, query);
        var publishing = PublishAsync(client, publisher.Token);

        var ending = streams.Select(EndOfAsync).ToArray();
        while (await SubscribersAsync(client) > 1)
        {
            Assert.True(_time.GetUtcNow() < opened + _minute, "streams outlive their token");
            _time.Advance(_step);

            // Besides those that are read there are the one without a token and, until it is cut off, the one that is not read.
            await Wait.UntilAsync(
                async () => await SubscribersAsync(client) - ending.Count(end => !end.IsCompleted) is 1 or 2, "readers have seen their streams end");
        }

        var cut = _time.GetUtcNow();
        var ended = await Task.WhenAll(ending);
        await publisher.CancelAsync();
        var published = await publishing;

        // The token's exp has whole seconds of the system's clock; the clock of the streams another one.
        var expires = opened + TimeSpan.FromSeconds(TokenSeconds);
        Assert.All(ended, end => Assert.InRange(end, opened + TimeSpan.FromSeconds((TokenSeconds * 0.8) - 2), expires + TimeSpan.FromSeconds(1.5)));
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
    public async Task A_stream_whose_token_expires_ends_gracefully_however_it_is_carried(string http, string end)
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(["--Store=memory", .. tokens.Settings], _time);
        using var connection = await RawHttp.ConnectAsync(server.Address);
        await connection.SendAsync(
            $"GET /pages/home/events HTTP/{http}\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {tokens.Hmac(TestTokens.Claims(expiresIn: 3))}\r\n\r\n");
        var receiving = connection.ReceiveToEndAsync();

        await AdvanceUntilAsync(receiving);

        Assert.Matches(end, await receiving);
    }

    [Fact]
    public async Task A_key_that_is_gone_from_its_set_closes_its_streams_within_a_minute_and_no_others()
    {
        using var tokens = new TestTokens();
        await File.WriteAllTextAsync(tokens.SetFile, tokens.KeySet(), TestContext.Current.CancellationToken);
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:AllowQueryToken=true", $"--Auth:Keys:3:JwksFile={tokens.SetFile}", .. tokens.Settings[..2], .. tokens.Settings[5..]], _time);
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignEc()}");
        Assert.Equal(HttpStatusCode.OK, other.Response.StatusCode);

        await File.WriteAllTextAsync(tokens.SetFile, tokens.KeySet(rsaId: "another"), TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(EndOfAsync(revoked));

        using var refused = await client.GetAsync($"/pages/home?access_token={tokens.SignRsa()}");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var published = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal("x", (await other.NextAsync()).Data);
    }

    [Fact]
    public async Task A_key_that_is_gone_from_the_configuration_closes_its_streams_and_a_new_one_is_valid()
    {
        using var tokens = new TestTokens();
        var file = Path.Combine(tokens.Folder, "appsettings.json");
        await File.WriteAllTextAsync(file, $$"""{"Auth":{"Keys":[{"Secret":"{{tokens.Secret}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""", TestContext.Current.CancellationToken);
        await using var server = await InProcessApi.StartAsync(["--Store=memory", "--Auth:AllowQueryToken=true", $"--contentRoot={tokens.Folder}"], _time);
        using var client = new ApiClient(server.Address);
        await using var revoked = await client.SubscribeAsync("home", query: $"?access_token={tokens.Hmac()}");
        await using var other = await client.SubscribeAsync("home", query: $"?access_token={tokens.SignRsa()}");

        await File.WriteAllTextAsync(file, $$"""{"Auth":{"Keys":[{"PemFile":"{{tokens.EcPublicFile}}"},{"PemFile":"{{tokens.RsaPublicFile}}"} ] } }""", TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(EndOfAsync(revoked));

        using var published = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.SignEc()}"));
        Assert.Equal(HttpStatusCode.Created, published.StatusCode);
        Assert.Equal("x", (await other.NextAsync()).Data);
        using var refused = await Door.Publishing[0].KnockAsync(client, "home", ("Authorization", $"Bearer {tokens.Hmac()}"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    // Turns the clock until it is done: by a minute at most, and one step at a time, so that the server can keep up.
    private async Task AdvanceUntilAsync(Task done)
    {
        var start = _time.GetUtcNow();
        while (!done.IsCompleted && _time.GetUtcNow() < start + _minute)
        {
            _time.Advance(_step);
            await Wait.PauseAsync();
        }

        await done;
    }

    private static async Task<int> SubscribersAsync(ApiClient client) => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32();

    private static async Task<int> PublishAsync(ApiClient client, CancellationToken stopped)
    {
        var count = 0;
        while (!stopped.IsCancellationRequested)
        {
            await client.PublishAsync("home", $"{count++}");
        }

        return count;
    }

    // When the stream ended, by the server's clock.
    private async Task<DateTimeOffset> EndOfAsync(EventStream stream)
    {
        while (await stream.NextOrEndAsync(_minute) is not null)
        {
        }

        return _time.GetUtcNow();
    }
}
