using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>A server that is to be a silo, with wrong settings, does not start and prints one sentence.</summary>
public sealed class ServerSiloStartTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ServerSiloStartTests() => _listener.Start();

    private int TakenPort => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_silo_without_pages_in_orleans_stops_the_start()
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Orleans:Silo=true");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "Orleans:Silo is true, but Pages is 'local', so no page would be in the silo. Set Pages=orleans.",
            output);
    }

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_port_that_is_in_use_stops_the_start(string setting) => await AssertFailsAsync(
        $"Orleans:{setting} is {TakenPort}, which is in use on 127.0.0.1; "
        + "each silo of a machine needs two ports of its own.",
        $"--Orleans:{setting}={TakenPort}");

    [Fact]
    public async Task A_web_port_that_is_in_use_stops_a_server_before_its_silo_joins() => await AssertFailsAsync(
        $"urls is http://127.0.0.1:{TakenPort}, which is in use; each silo of a machine needs a port of its own.",
        $"--urls=http://127.0.0.1:{TakenPort}");

    [Fact]
    public async Task An_invalid_address_stops_the_start() => await AssertFailsAsync(
        "Orleans:Address: It must be the IP address at which others reach this silo, not '0.0.0.0'.",
        "--Orleans:Address=0.0.0.0");

    private static async Task AssertFailsAsync(string expected, params string[] settings)
    {
        var (exitCode, output) = await ServerProcess.FailAsync(
        [
            "--Redis:Connection=localhost:1",
            "--Pages=orleans",
            "--Orleans:Silo=true",
            $"--Orleans:SiloPort={RedisServer.FreePort()}",
            $"--Orleans:GatewayPort={RedisServer.FreePort()}",
            .. settings,
        ]);

        Assert.Equal(1, exitCode);
        Assert.Equal(expected, output);
    }
}
