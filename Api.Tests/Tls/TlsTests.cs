namespace LiveStreams.Api.Tests.Tls;

/// <summary>Over TLS, HTTP/1.1 and HTTP/2 do what HTTP/1.1 does without: many streams, resume, and an end in good order.</summary>
public sealed class TlsTests
{
    private const int Streams = 100;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_subscriber_resumes_where_it_was_cut_off(string version)
    {
        using var server = await TlsServer.StartAsync();
        using var publisher = server.Client();
        string? position;
        using (var http = server.Client(version))
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

        using var again = server.Client(version);
        await using var resumed = await TlsServer.SubscribeAsync(again, "home", position);
        Assert.Equal(position, resumed.StartedFrom);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), await resumed.NextDataAsync(20));
        await TlsServer.PublishAsync(publisher, "home", "live");
        Assert.Equal("live", (await resumed.NextAsync()).Data);
        await Wait.UntilAsync(async () => await TlsServer.SubscribersAsync(publisher, "home") == 1, "the stream that was cut off is gone");
    }

    [Fact]
    public async Task A_hundred_streams_on_one_HTTP2_connection_are_live_at_once()
    {
        using var server = await TlsServer.StartAsync();
        using var http = server.Client();
        using var publisher = server.Client();
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
        await Wait.UntilAsync(async () => await TlsServer.SubscribersAsync(publisher, "home") == 0, "all streams are closed");
    }

    [Fact]
    public async Task More_streams_than_an_HTTP2_connection_carries_wait_unless_a_setting_allows_more()
    {
        using var server = await TlsServer.StartAsync("--Limits:MaxStreamsPerConnection=150");
        using var http = server.Client();
        var streams = await OpenAsync(http, 150);
        var one = TlsServer.SubscribeAsync(http, "home");
        using var publisher = server.Client();

        // The client has been told the limit and waits by itself; it goes on as soon as one of the others has ended.
        Assert.Equal(150, await TlsServer.SubscribersAsync(publisher, "home"));
        Assert.False(one.IsCompleted);
        await streams[0].DisposeAsync();
        streams[0] = await one;
        await CloseAsync(streams);
    }

    [Fact]
    public async Task A_stream_that_is_not_read_holds_up_no_other_on_its_connection_and_is_closed()
    {
        using var server = await TlsServer.StartAsync("--Subscribers:StallTimeout=00:00:02");
        using var http = server.Client();
        using var publisher = server.Client();
        var stalled = await TlsServer.SubscribeAsync(http, "home");
        await using var read = await TlsServer.SubscribeAsync(http, "home");
        var slowest = TimeSpan.Zero;
        var count = 0;
        await Wait.UntilAsync(
            async () =>
            {
                var start = TimeProvider.System.GetTimestamp();
                var data = $"{count++} ".PadRight(10_000, 'x');
                await TlsServer.PublishAsync(publisher, "home", data);
                Assert.Equal(data, (await read.NextAsync()).Data);
                var took = TimeProvider.System.GetElapsedTime(start);
                slowest = took > slowest ? took : slowest;
                return await TlsServer.SubscribersAsync(publisher, "home") == 1;
            },
            "only the stream that is read is left");

        // Far more went by than the window of the one that was not read.
        Assert.InRange(count, 20, int.MaxValue);
        Assert.InRange(slowest.TotalSeconds, 0, 1);
        await Assert.ThrowsAnyAsync<Exception>(() => stalled.NextDataAsync(count));
        await stalled.DisposeAsync();
        await TlsServer.PublishAsync(publisher, "home", "still live");
        Assert.Equal("still live", (await read.NextAsync()).Data);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Streams_end_in_good_order_when_the_server_stops(string version)
    {
        using var server = await TlsServer.StartAsync();
        using var http = server.Client(version);
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
    public async Task Streams_that_are_opened_and_reset_at_once_leave_nothing_behind_and_others_undisturbed()
    {
        using var server = await TlsServer.StartAsync();
        using var publisher = server.Client();
        await using var steady = await TlsServer.SubscribeAsync(publisher, "steady");
        using var http = server.Client();
        for (var round = 0; round < 50; round++)
        {
            using var reset = new CancellationTokenSource();
            var opened = Enumerable.Range(0, Streams).Select(_ => http.GetAsync("/pages/home/events", HttpCompletionOption.ResponseHeadersRead, reset.Token)).ToArray();
            await reset.CancelAsync();
            foreach (var one in opened)
            {
                try
                {
                    (await one).Dispose();
                }
                catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
                {
                    // It was reset; or the server has had enough of it, and closed the connection.
                }
            }

            await TlsServer.PublishAsync(publisher, "steady", $"{round}");
            Assert.Equal($"{round}", (await steady.NextAsync()).Data);
        }

        await Wait.UntilAsync(async () => await TlsServer.SubscribersAsync(publisher, "home") == 0, "no stream is left");
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
