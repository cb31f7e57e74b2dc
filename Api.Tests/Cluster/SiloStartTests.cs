using System.Net;
using System.Net.Sockets;
using LiveStreams.Api.Tests.Support;

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
    public async Task No_redis() => await FailsAsync("A silo needs Redis: Redis:Connection must say where it is, for instance localhost:6379.", "--Redis:Connection=");

    /// <summary>The silo has joined by then: it leaves, so that the others need not find out that it is gone.</summary>
    [Fact]
    public async Task A_port_of_urls_that_is_taken()
    {
        using var redis = await RedisServer.StartAsync();

        await FailsAsync($"Failed to bind to address http://127.0.0.1:{TakenPort}: address already in use.", $"--Redis:Connection={redis.Connection}", $"--urls=http://127.0.0.1:{TakenPort}");

        Assert.Contains("\"Status\":6", await redis.CliAsync("HGETALL", "livestreams/members/livestreams"), StringComparison.Ordinal);
    }

    // What comes last counts: of a silo that has joined Orleans may have had something to say.
    private static async Task FailsAsync(string expected, params string[] settings)
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync([
            "--Redis:Connection=localhost:1", $"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}", .. settings]);

        Assert.Equal(1, exitCode);
        Assert.Equal(expected, output.Split('\n')[^1]);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }
}
