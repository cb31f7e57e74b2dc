using System.Net.Sockets;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>Connections of one address, also those that send nothing.</summary>
public sealed class ConnectionsPerAddressTests
{
    private const int Max = 5;

    [Fact]
    public async Task An_address_may_have_a_limited_number_of_connections_and_others_are_served()
    {
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory", $"--Limits:MaxConnectionsPerAddress={Max}", "--Proxies:Trusted=10.0.0.1");
        var silent = new List<RawHttp>();
        for (var i = 0; i < Max; i++)
        {
            silent.Add(await RawHttp.ConnectAsync(server.Address, from: "127.0.0.2"));
        }

        await Wait.UntilAsync(
            async () =>
            {
                var isServed = await IsServedAsync(server, "127.0.0.2");
                if (isServed)
                {
                    // It may have come before a silent one, which was then one too many.
                    silent.Add(await RawHttp.ConnectAsync(server.Address, from: "127.0.0.2"));
                }

                return !isServed;
            },
            "the address has reached its limit");
        Assert.True(await IsServedAsync(server, "127.0.0.3"));

        silent[0].Dispose();
        await Wait.UntilAsync(async () => await IsServedAsync(server, "127.0.0.2"), "a connection has ended");
        silent.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_trusted_proxy_has_no_limit()
    {
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory", $"--Limits:MaxConnectionsPerAddress={Max}");
        var open = new List<RawHttp>();
        for (var i = 0; i < 3 * Max; i++)
        {
            open.Add(await RawHttp.ConnectAsync(server.Address));
            await open[i].SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await open[i].ReceiveAsync(), StringComparison.Ordinal);
        }

        open.ForEach(connection => connection.Dispose());
    }

    private static async Task<bool> IsServedAsync(InProcessApi server, string from)
    {
        try
        {
            using var raw = await RawHttp.ConnectAsync(server.Address, from: from);
            await raw.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return (await raw.ReceiveToEndAsync()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            // The server has closed the connection already.
            return false;
        }
    }
}
