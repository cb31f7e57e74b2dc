using System.Diagnostics;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>A process that has opened almost all the files that it may open.</summary>
public sealed class DescriptorLimitTests
{
    private const int OpenFiles = 400;
    private const int Newcomers = 20;

    [Fact]
    public async Task Newcomers_are_closed_at_once_while_the_descriptors_are_used_up_and_served_when_streams_end()
    {
        using var server = await ServerProcess.StartWithOpenFilesAsync(
            OpenFiles, "--Store=memory", "--Subscribers:Heartbeat=00:00:01");
        using var client = new ApiClient(server.Address);
        await client.PublishAsync("home", "before");
        var streams = new List<RawHttp>();
        while (await TryOpenAsync(server) is { } stream)
        {
            streams.Add(stream);
        }

        Assert.InRange(streams.Count, 50, OpenFiles);
        var newcomers = new List<RawHttp>();
        for (var i = 0; i < Newcomers; i++)
        {
            newcomers.Add(await RawHttp.ConnectAsync(server.Address));
        }

        var time = await MeasureProcessorTimeAsync(server, () => ReceiveHeartbeatsAsync(streams[0], 3));

        // Before, accepting took one processor all the time.
        Assert.InRange(time.TotalSeconds, 0, 1.5);
        foreach (var newcomer in newcomers)
        {
            Assert.Equal("", await newcomer.ReceiveToEndAsync());
        }

        await client.PublishAsync("home", "during");
        var received = "";
        while (!received.Contains("data: during\n\n", StringComparison.Ordinal))
        {
            received += await streams[^1].ReceiveAsync();
        }

        Assert.Single(server.Output.Split('\n'), line => line.Contains("New connections are closed"));
        streams.Slice(0, 10).ForEach(stream => stream.Dispose());
        await Wait.UntilAsync(async () => await TryOpenAsync(server) is not null, "a newcomer is served");
        streams.Concat(newcomers).ToList().ForEach(connection => connection.Dispose());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_start_warns_when_the_streams_that_are_allowed_would_not_fit()
    {
        using var few = await ServerProcess.StartWithOpenFilesAsync(OpenFiles, "--Store=memory");
        using var enough = await ServerProcess.StartWithOpenFilesAsync(
            OpenFiles, "--Store=memory", "--Limits:MaxSubscribers=50");

        await Wait.UntilAsync(
            () => few.Output.Contains("may open 400 files", StringComparison.Ordinal), "the warning is logged");
        Assert.DoesNotContain("may open 400 files", enough.Output, StringComparison.Ordinal);
    }

    // Null when the server has closed the connection instead.
    private static async Task<RawHttp?> TryOpenAsync(ServerProcess server)
    {
        var raw = await RawHttp.ConnectAsync(server.Address);
        try
        {
            await raw.SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\n");
            if (await raw.ReceiveAsync() is not "")
            {
                return raw;
            }
        }
        catch (SocketException)
        {
            // Closed before anything was sent.
        }

        raw.Dispose();
        return null;
    }

    private static async Task ReceiveHeartbeatsAsync(RawHttp stream, int count)
    {
        for (var received = 0; received < count;)
        {
            received += (await stream.ReceiveAsync()).Split(":\n\n").Length - 1;
        }
    }

    private static async Task<TimeSpan> MeasureProcessorTimeAsync(ServerProcess server, Func<Task> during)
    {
        using var process = Process.GetProcessById(server.Id);
        var before = process.TotalProcessorTime;
        await during();
        process.Refresh();
        return process.TotalProcessorTime - before;
    }
}
