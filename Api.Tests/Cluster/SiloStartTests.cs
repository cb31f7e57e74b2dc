using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>
/// A silo with wrong settings, in a process of its own or in a server, does not start, and prints one sentence that
/// names them.
/// </summary>
public sealed class SiloStartTests : IDisposable
{
    private static readonly string[] _server = ["--Pages=orleans", "--Orleans:Silo=true"];

    private readonly TakenPort _taken = new();

    public void Dispose() => _taken.Dispose();

    [Fact]
    public async Task A_silo_in_a_server_without_pages_in_orleans_stops_the_start() => Assert.Equal(
        (1, "Orleans:Silo is true, but Pages is 'local', so no page would be in the silo. Set Pages=orleans."),
        await InProcessApi.FailAsync("--Orleans:Silo=true"));

    [Fact]
    public async Task An_invalid_address_stops_the_start_of_a_server() => await AssertServerFailsAsync(
        "Orleans:Address: It must be the IP address at which others reach this silo, not '0.0.0.0'.",
        "--Orleans:Address=0.0.0.0");

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("::::")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task An_invalid_address_stops_the_start(string address) => await AssertFailsAsync(
        $"Orleans:Address: It must be the IP address at which others reach this silo, not '{address}'.",
        $"--Orleans:Address={address}");

    [Fact]
    public async Task An_address_of_another_machine_stops_the_start() => await AssertFailsAsync(
        "Orleans:Address is 192.0.2.1, which is not an address of this machine.",
        "--Orleans:Address=192.0.2.1");

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_port_that_is_in_use_stops_the_start(string setting) => await AssertFailsInBothAsync(
        $"Orleans:{setting} is {_taken.Number}, which is in use on 127.0.0.1; "
        + "each silo of a machine needs two ports of its own.",
        $"--Orleans:{setting}={_taken.Number}");

    [Fact]
    public async Task Equal_ports_for_silos_and_clients_stop_the_start() => await AssertFailsAsync(
        "Orleans:SiloPort, Orleans:GatewayPort: Silos and clients connect to ports of their own; both are 4711.",
        "--Orleans:SiloPort=4711",
        "--Orleans:GatewayPort=4711");

    [Theory]
    [InlineData(
        "--Orleans:Dashboard=maybe",
        "Failed to convert configuration value 'maybe' at 'Orleans:Dashboard' to type 'System.Boolean'.")]
    public async Task An_invalid_value_stops_the_start(string setting, string expected) =>
        await AssertFailsAsync(expected, setting);

    [Fact]
    public async Task A_missing_redis_connection_stops_the_start() => await AssertFailsAsync(
        "A silo needs Redis: set Redis:Connection, for example to localhost:6379.",
        "--Redis:Connection=");

    [Fact]
    public async Task A_web_port_that_is_in_use_stops_a_silo_before_it_joins() => await AssertFailsInBothAsync(
        $"urls is http://127.0.0.1:{_taken.Number}, which is in use; each silo of a machine needs a port of its own.",
        $"--urls=http://127.0.0.1:{_taken.Number}");

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_silo_whose_web_server_fails_to_start_leaves_the_cluster()
    {
        using var redis = await RedisServer.StartAsync();

        var (exitCode, output) = await FailAsync(
            $"--Redis:Connection={redis.Connection}",
            $"--Kestrel:Endpoints:Health:Url=http://127.0.0.1:{_taken.Number}");

        // Orleans may have logged something before the last line.
        Assert.Equal(1, exitCode);
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{_taken.Number}: address already in use.",
            output.Split('\n')[^1]);
        Assert.Contains(
            "\"Status\":6", // The status of a dead silo.
            await redis.CliAsync("HGETALL", "livestreams/members/livestreams"),
            StringComparison.Ordinal);
    }

    private static async Task AssertFailsInBothAsync(string expected, params string[] settings)
    {
        await AssertFailsAsync(expected, settings);
        await AssertServerFailsAsync(expected, settings);
    }

    private static async Task AssertFailsAsync(string expected, params string[] settings) =>
        Assert.Equal((1, expected), await FailAsync(["--Redis:Connection=localhost:1", .. settings]));

    private static async Task AssertServerFailsAsync(string expected, params string[] settings) => Assert.Equal(
        (1, expected),
        await ServerProcess.FailAsync(
            ["--Redis:Connection=localhost:1", .. _server, .. FreePorts(), .. settings]));

    private static Task<(int ExitCode, string Output)> FailAsync(params string[] settings) =>
        ServerProcess.FailSiloAsync([.. FreePorts(), .. settings]);

    private static string[] FreePorts() =>
        [$"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}"];
}
