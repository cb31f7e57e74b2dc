using LiveStreams.Api.Tests.Fuzz;

namespace LiveStreams.Api.Tests.Epoll;

/// <summary>Clients that end their side of the connection (FIN) and do not close it.</summary>
public sealed class HalfCloseTests
{
    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task A_client_that_ends_its_side_and_reads_nothing_leaves_nothing(string transport)
    {
        using var server = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Store=memory", $"--Transport={transport}"]);
        using var client = new ApiClient(server.Address);
        for (var n = 0; n < 20; n++)
        {
            await client.PublishAsync("home", new string('x', 200_000));
        }

        var sockets = ServerResources.CountSockets(server);
        using var raw = await RawHttp.ConnectAsync(server.Address, receiveBuffer: 2304);
        await raw.SendAsync("GET /pages/home/updates?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await raw.ReceiveAsync(most: 100), StringComparison.Ordinal);
        Assert.Equal(sockets + 1, ServerResources.CountSockets(server));
        raw.EndSending();
        await Wait.UntilAsync(() => ServerResources.CountSockets(server) == sockets, "the connection is closed");
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", server.Output, StringComparison.Ordinal);
    }
}
