using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>What is wrong with a silo's settings is said in one sentence that names them.</summary>
public sealed class SiloStartTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SiloStartTests() => _listener.Start();

    private int TakenPort => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("::::")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task An_address_that_is_none(string address) => await FailsAsync(
        $"Orleans:Address: It is the IP address at which others reach this silo, not '{address}'.", $"--Orleans:Address={address}");

    [Fact]
    public async Task An_address_of_another_machine() => await FailsAsync(
        "Orleans:Address is 192.0.2.1, which is not an address of this machine.", "--Orleans:Address=192.0.2.1");

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_port_that_is_taken(string setting) => await FailsAsync(
        $"Orleans:{setting} is {TakenPort}, which is in use on 127.0.0.1; each silo of a machine needs two ports of its own.", $"--Orleans:{setting}={TakenPort}");

    [Fact]
    public async Task One_port_for_both() => await FailsAsync(
        "Orleans:SiloPort, Orleans:GatewayPort: Silos and clients connect to ports of their own; both are 4711.", "--Orleans:SiloPort=4711", "--Orleans:GatewayPort=4711");

    [Theory]
    [InlineData("--Orleans:Dashboard=maybe", "Failed to convert configuration value 'maybe' at 'Orleans:Dashboard' to type 'System.Boolean'.")]
    public async Task A_value_that_is_none(string setting, string expected) => await FailsAsync(expected, setting);

    [Fact]
    public async Task No_redis() => await FailsAsync("A silo needs Redis: set Redis:Connection, for instance to localhost:6379.", "--Redis:Connection=");

    [Fact]
    public async Task A_port_of_urls_that_is_taken_stops_a_silo_before_it_joins() => await FailsAsync(
        $"urls is http://127.0.0.1:{TakenPort}, which is in use; each silo of a machine needs a port of its own.",
        $"--urls=http://127.0.0.1:{TakenPort}");

    [Fact]
    public async Task A_silo_whose_web_server_does_not_start_leaves_the_cluster_so_that_the_others_need_not_find_out()
    {
        using var redis = await RedisServer.StartAsync();

        var (exitCode, output) = await FailAsync(
            $"--Redis:Connection={redis.Connection}", $"--Kestrel:Endpoints:Health:Url=http://127.0.0.1:{TakenPort}");

        // What comes last counts: of its short life Orleans may have had something to say.
        Assert.Equal(1, exitCode);
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{TakenPort}: address already in use.", output.Split('\n')[^1]);
        Assert.Contains("\"Status\":6", await redis.CliAsync("HGETALL", "livestreams/members/livestreams"), StringComparison.Ordinal);
    }

    private static async Task FailsAsync(string expected, params string[] settings)
    {
        var (exitCode, output) = await FailAsync(["--Redis:Connection=localhost:1", .. settings]);

        Assert.Equal(1, exitCode);
        Assert.Equal(expected, output);
    }

    private static Task<(int ExitCode, string Output)> FailAsync(params string[] settings) => ServerProcess.FailSiloAsync(
    [
        $"--Orleans:SiloPort={RedisServer.FreePort()}",
        $"--Orleans:GatewayPort={RedisServer.FreePort()}",
        .. settings,
    ]);
}
