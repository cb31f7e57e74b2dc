using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Many streams end with their token while their page is busy, on the real clock.</summary>
[Collection(nameof(Alone))]
public sealed class TokenExpiryLoadTests
{
    private const int Streams = 200;
    private const int TokenSeconds = 12;
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Streams_end_when_their_token_expires_under_load_and_an_unread_stream_is_cut_off()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
        [
            .. ServerProcess.Unthrottled,
            "--History:MaxUpdates=100000",
            "--Store=memory",
            "--Auth:AnonymousPublish=true",
            "--Auth:AllowQueryToken=true",
            .. tokens.Settings,
        ]);
        using var client = new ApiClient(server.Address);
        using var publisher = new CancellationTokenSource();
        await using var open = await client.SubscribeAsync("home");
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(TokenSeconds);
        var query = $"?access_token={tokens.Hmac(TestTokens.Claims(expiresIn: TokenSeconds))}";
        var opened = TimeProvider.System.GetUtcNow();
        var streams = await Task.WhenAll(
            Enumerable.Range(0, Streams).Select(_ => client.SubscribeAsync("home", query: query)));
        using var unread = await UnreadStream.OpenAsync(server.Address, query);
        var publishing = PublishAsync(client, publisher.Token);

        var ended = await Task.WhenAll(streams.Select(ReadToEndAsync));
        await Wait.UntilAsync(
            async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == 1,
            "only the stream without a token is open");
        var cut = TimeProvider.System.GetUtcNow();
        await publisher.CancelAsync();
        var published = await publishing;

        // The token's exp has whole seconds, and the streams use another clock.
        var left = expires - opened;
        Assert.All(ended, end => Assert.InRange(
            end, opened + (left * 0.8) - TimeSpan.FromSeconds(3), expires + TimeSpan.FromSeconds(1.5)));
        Assert.InRange(cut, opened, expires + TimeSpan.FromSeconds(3));
        Assert.True(ended.Max() - ended.Min() > TimeSpan.FromSeconds(0.5), "All streams ended at the same moment.");
        Assert.All(streams, stream => Assert.InRange(stream.ReconnectionInterval.TotalSeconds, 2, 4));
        Assert.True(
            streams.Select(stream => stream.ReconnectionInterval).Distinct().Count() > Streams / 2,
            "All clients would reconnect at the same moment.");
        Assert.Equal(Enumerable.Range(0, published).Select(n => $"{n}"), await open.NextDataAsync(published));
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
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

    // Returns when the stream ended gracefully.
    private static async Task<DateTimeOffset> ReadToEndAsync(EventStream stream)
    {
        while (await stream.NextOrEndAsync(_timeout) is not null)
        {
        }

        return TimeProvider.System.GetUtcNow();
    }
}
