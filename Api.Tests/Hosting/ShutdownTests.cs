using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>After SIGTERM, streams end gracefully and the process exits within two seconds.</summary>
[Collection(nameof(Alone))]
public sealed class ShutdownTests
{
    private const double MaxSeconds = 2;

    [Fact]
    public async Task Streams_end_with_a_jittered_retry_and_the_process_exits_with_code_zero()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        var streams = new List<EventStream>();
        for (var i = 0; i < 50; i++)
        {
            streams.Add(await client.SubscribeAsync($"page {i % 7}"));
        }

        var start = TimeProvider.System.GetTimestamp();
        process.Terminate();
        foreach (var stream in streams)
        {
            Assert.Null(await stream.NextOrEndAsync());
            Assert.InRange(stream.ReconnectionInterval.TotalSeconds, 2, 4);
            await stream.DisposeAsync();
        }

        Assert.Equal(0, await process.ExitAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, MaxSeconds);
        Assert.True(streams.Select(stream => stream.ReconnectionInterval).Distinct().Count() > 10);
    }

    [Fact]
    public async Task A_stalled_subscriber_and_an_unfinished_publish_do_not_delay_the_shutdown()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        using var stalled = await RawHttp.ConnectAsync(process.Address, receiveBuffer: 4096);
        await stalled.SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.NotEmpty(await stalled.ReceiveAsync(most: 64));
        using var unfinished = await RawHttp.ConnectAsync(process.Address);
        await unfinished.SendAsync("POST /pages/home/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
        using var unfinishedChunks = await RawHttp.ConnectAsync(process.Address);
        await unfinishedChunks.SendAsync(
            "POST /pages/home/updates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf");
        for (var i = 0; i < 40; i++)
        {
            await client.PublishAsync("home", new string('x', 200_000));
        }

        var start = TimeProvider.System.GetTimestamp();
        process.Terminate();
        await process.ExitAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, MaxSeconds);
        Assert.True(!process.Output.Contains("fail:", StringComparison.Ordinal), process.Output);
    }

    [Fact]
    public async Task An_update_acknowledged_before_the_shutdown_is_kept()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        var id = await client.PublishAsync("home", "kept");
        process.Terminate();
        await process.ExitAsync();
        using var again = await process.RestartAsync();

        await using var stream = await client.SubscribeAsync("home", query: "?from=earliest");
        Assert.Equal(("kept", id), ((await stream.NextAsync()).Data, stream.LastEventId));
    }
}
