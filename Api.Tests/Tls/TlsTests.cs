namespace LiveStreams.Api.Tests.Tls;

/// <summary>
/// HTTP/1.1 and HTTP/2 over TLS behave like plain HTTP/1.1: many streams, resuming, and a graceful end.
/// </summary>
public sealed class TlsTests
{
    private const int Streams = 100;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_subscriber_resumes_where_it_was_cut_off(string version)
    {
        using var server = await TlsServer.StartAsync();
        using var publisher = server.CreateClient();
        string? position;
        using (var http = server.CreateClient(version))
        {
            await using var stream = await TlsServer.SubscribeAsync(http, "home");
            Assert.Equal(Version.Parse(version), stream.Response.Version);
            await TlsServer.PublishAsync(publisher, "home", "0");
            Assert.Equal("0", (await stream.NextAsync()).Data);
            position = stream.LastEventId;
        }

        for (var i = 1; i <= 20; i++)
        {
            await TlsServer.PublishAsync(publisher, "home", $"{i}");
        }

        using var reconnected = server.CreateClient(version);
        await using var resumed = await TlsServer.SubscribeAsync(reconnected, "home", position);
        Assert.Equal(position, resumed.StartedFrom);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), await resumed.NextDataAsync(20));
        await TlsServer.PublishAsync(publisher, "home", "live");
        Assert.Equal("live", (await resumed.NextAsync()).Data);
        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(publisher, "home") == 1, "the old stream is removed");
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task A_stream_of_several_pages_receives_and_resumes(string version, bool isPost)
    {
        string[] pages = ["home", "away"];
        using var server = await TlsServer.StartAsync();
        using var publisher = server.CreateClient();
        using var http = server.CreateClient(version);
        string position;
        await using (var stream = await OpenAsync(lastEventId: null))
        {
            Assert.Equal(Version.Parse(version), stream.Response.Version);
            await TlsServer.PublishAsync(publisher, "home", "0");
            Assert.Equal(("home", "0"), await NextAsync(stream));
            await TlsServer.PublishAsync(publisher, "away", "1");
            Assert.Equal(("away", "1"), await NextAsync(stream));
            position = stream.LastEventId;
        }

        await TlsServer.PublishAsync(publisher, "away", "2");
        await using var resumed = await OpenAsync(position);
        Assert.Equal(("away", "2"), await NextAsync(resumed));
        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(publisher, "home") == 1, "the old stream is removed");

        Task<EventStream> OpenAsync(string? lastEventId) => isPost
            ? EventStream.PostAsync(http, pages, lastEventId: lastEventId)
            : EventStream.OpenAsync(http, ApiClient.EventsPathOf(pages), lastEventId);

        static async Task<(string, string)> NextAsync(EventStream stream)
        {
            var read = await stream.NextPageEventAsync();
            return (read.Page, read.Data);
        }
    }

    [Fact]
    public async Task A_hundred_streams_on_one_HTTP2_connection_receive_every_update()
    {
        using var server = await TlsServer.StartAsync();
        using var http = server.CreateClient();
        using var publisher = server.CreateClient();
        var streams = await OpenAsync(http, Streams);

        for (var i = 0; i < 20; i++)
        {
            await TlsServer.PublishAsync(publisher, "home", $"{i}");
        }

        foreach (var stream in streams)
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), await stream.NextDataAsync(20));
        }

        await CloseAsync(streams);
        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(publisher, "home") == 0, "all streams are closed");
    }

    [Fact]
    public async Task A_stream_over_the_configured_limit_of_an_HTTP2_connection_waits_until_another_ends()
    {
        using var server = await TlsServer.StartAsync("--Limits:MaxStreamsPerConnection=150");
        using var http = server.CreateClient();
        var streams = await OpenAsync(http, 150);
        var waiting = TlsServer.SubscribeAsync(http, "home");
        using var publisher = server.CreateClient();

        // The server has announced its limit, so the client waits by itself until another stream has ended.
        Assert.Equal(150, await TlsServer.CountSubscribersAsync(publisher, "home"));
        Assert.False(waiting.IsCompleted);
        await streams[0].DisposeAsync();
        streams[0] = await waiting;
        await CloseAsync(streams);
    }

    [Fact]
    public async Task An_unread_stream_delays_no_other_stream_on_its_connection_and_is_closed()
    {
        using var server = await TlsServer.StartAsync("--Subscribers:StallTimeout=00:00:02");
        using var http = server.CreateClient();
        using var publisher = server.CreateClient();
        var stalled = await TlsServer.SubscribeAsync(http, "home");
        await using var read = await TlsServer.SubscribeAsync(http, "home");
        var slowest = TimeSpan.Zero;
        var count = 0;
        await Wait.UntilAsync(
            async () =>
            {
                var start = TimeProvider.System.GetTimestamp();
                var data = $"{count++} ".PadRight(40_000, 'x');
                await TlsServer.PublishAsync(publisher, "home", data);
                Assert.Equal(data, (await read.NextAsync()).Data);
                var took = TimeProvider.System.GetElapsedTime(start);
                slowest = took > slowest ? took : slowest;
                return await TlsServer.CountSubscribersAsync(publisher, "home") == 1;
            },
            "the unread stream is closed");

        // The updates exceed the window of the unread stream by far.
        Assert.InRange(count, 5, int.MaxValue);
        Assert.InRange(slowest.TotalSeconds, 0, 1);
        await Assert.ThrowsAnyAsync<Exception>(() => stalled.NextDataAsync(count));
        await stalled.DisposeAsync();
        await TlsServer.PublishAsync(publisher, "home", "still live");
        Assert.Equal("still live", (await read.NextAsync()).Data);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Streams_end_gracefully_when_the_server_stops(string version)
    {
        using var server = await TlsServer.StartAsync();
        using var http = server.CreateClient(version);
        var streams = await OpenAsync(http, 30);

        var start = TimeProvider.System.GetTimestamp();
        server.Process.Terminate();
        foreach (var stream in streams)
        {
            Assert.Null(await stream.NextOrEndAsync());
            Assert.InRange(stream.ReconnectionInterval.TotalSeconds, 2, 4);
        }

        Assert.Equal(0, await server.Process.ExitAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 2);
        Assert.DoesNotContain("Exception", server.Process.Output, StringComparison.Ordinal);
        await CloseAsync(streams);
    }

    [Fact]
    public async Task Streams_that_are_opened_and_reset_at_once_are_removed_and_disturb_no_other_stream()
    {
        using var server = await TlsServer.StartAsync();
        using var publisher = server.CreateClient();
        await using var steady = await TlsServer.SubscribeAsync(publisher, "steady");
        using var http = server.CreateClient();
        for (var round = 0; round < 50; round++)
        {
            using var reset = new CancellationTokenSource();
            var opened = Enumerable.Range(0, Streams)
                .Select(_ => http.GetAsync(
                    "/pages/home/events", HttpCompletionOption.ResponseHeadersRead, reset.Token))
                .ToArray();
            await reset.CancelAsync();
            foreach (var request in opened)
            {
                try
                {
                    (await request).Dispose();
                }
                catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
                {
                    // The stream was reset, or the server closed the connection because of too many resets.
                }
            }

            await TlsServer.PublishAsync(publisher, "steady", $"{round}");
            Assert.Equal($"{round}", (await steady.NextAsync()).Data);
        }

        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(publisher, "home") == 0, "all streams are closed");
        Assert.DoesNotContain("fail:", server.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", server.Process.Output, StringComparison.Ordinal);
    }

    private static async Task<EventStream[]> OpenAsync(HttpClient http, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => TlsServer.SubscribeAsync(http, "home")));

    private static async Task CloseAsync(EventStream[] streams)
    {
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }
}
