using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>
/// The names under which .NET tools such as Aspire configure a process (<c>ConnectionStrings:*</c>,
/// <c>Orleans:Clustering:*</c>, <c>Orleans:Endpoints:*</c>), beside those of LiveStreams.
/// </summary>
public sealed partial class StandardSettingsTests : IDisposable
{
    private const string NoRedis = "127.0.0.1:1";

    private readonly TakenPort _taken = new();

    public void Dispose() => _taken.Dispose();

    /// <summary>
    /// Aspire.Hosting.Orleans 13.6.5 gives exactly these names to silos, and to clients all but the ports.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Silos_and_servers_start_with_what_Aspire_injects_and_open_no_connection_more()
    {
        using var redis = await RedisServer.StartAsync();
        var (siloPort, gatewayPort) = (RedisServer.FreePort(), RedisServer.FreePort());
        (string Name, string Value)[] injected =
        [
            ("ConnectionStrings__members", redis.Connection),
            ("Orleans__Clustering__ProviderType", "Redis"),
            ("Orleans__Clustering__ServiceKey", "members"),
            ("Orleans__ClusterId", "6z7j7uqhpnac410atzjpbhe6c"),
            ("Orleans__ServiceId", "cvggnute17ec5nbv7x6egd5xh"),
            ("Orleans__EnableDistributedTracing", "true"),
        ];

        using var silo = await ServerProcess.StartSiloAsync(
            [],
            [
                .. injected,
                ("Orleans__Endpoints__SiloPort", $"{siloPort}"),
                ("Orleans__Endpoints__GatewayPort", $"{gatewayPort}"),
            ]);
        using var server = await ServerProcess.StartAsync(["--Pages=orleans"], injected);

        using var client = new ApiClient(server.Address);
        await using var stream = await client.SubscribeAsync("home");
        var id = await client.PublishAsync("home", "through a grain");
        Assert.Equal(id, (await stream.NextAsync()).EventId);
        Assert.Contains(
            $"A silo of the cluster 6z7j7uqhpnac410atzjpbhe6c listens on 127.0.0.1:{siloPort}, "
            + $"for clients on port {gatewayPort}",
            silo.Output,
            StringComparison.Ordinal);

        // One pair of connections for the pages, and one for the list of members, in each process.
        Assert.Equal(8, Connections().Count(await redis.CliAsync("CLIENT", "LIST")));
    }

    [Fact]
    public async Task The_connection_string_redis_alone_chooses_redis()
    {
        using var redis = await RedisServer.StartAsync();

        using var server = await ServerProcess.StartAsync([], ("ConnectionStrings__redis", redis.Connection));

        Assert.Contains($"Data: Redis at {redis.Connection}", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_LiveStreams_wins_over_a_standard_name()
    {
        using var redis = await RedisServer.StartAsync();
        var standard = ("ConnectionStrings__redis", NoRedis);

        using var shared = await ServerProcess.StartAsync([$"--Redis:Connection={redis.Connection}"], standard);
        using var embedded = await ServerProcess.StartAsync(["--Store=sqlite"], standard);

        Assert.Contains($"Data: Redis at {redis.Connection}", shared.Output, StringComparison.Ordinal);
        Assert.Contains("livestreams.db", embedded.Output, StringComparison.Ordinal);
        await AssertSiloFailsAsync(
            $"Orleans:SiloPort is {_taken.Number}, which is in use on 127.0.0.1; "
            + "each silo of a machine needs two ports of its own.",
            $"--ConnectionStrings:redis={NoRedis}",
            $"--Orleans:Endpoints:SiloPort={RedisServer.FreePort()}",
            "--Orleans:Endpoints:AdvertisedIPAddress=192.0.2.1",
            $"--Orleans:SiloPort={_taken.Number}",
            "--Orleans:Address=127.0.0.1");
    }

    [Theory]
    [InlineData(
        "AdvertisedIPAddress=192.0.2.1",
        "Orleans:Address is 192.0.2.1, which is not an address of this machine.")]
    [InlineData(
        "SiloPort=x",
        "Failed to convert configuration value 'x' at 'Orleans:SiloPort' to type 'System.Int32'.")]
    [InlineData("GatewayPort=0", "Orleans:GatewayPort: The field GatewayPort must be between 1 and 65535.")]
    public async Task A_silo_checks_the_endpoints_that_are_injected(string endpoint, string expected) =>
        await AssertSiloFailsAsync(expected, $"--ConnectionStrings:redis={NoRedis}", $"--Orleans:Endpoints:{endpoint}");

    [Theory]
    [InlineData(
        "ProviderType=Development",
        "ProviderType must be 'Redis', not 'Development': silos and servers find each other through Redis.")]
    [InlineData("ServiceKey=redis", "ProviderType must be 'Redis': silos and servers find each other through Redis.")]
    [InlineData(
        "ProviderType=Redis ServiceKey=members",
        "ServiceKey is 'members', but ConnectionStrings:members is not set.")]
    [InlineData(
        "ProviderType=Redis ConnectionName=redis",
        "ConnectionName is not a setting; Orleans:Clustering has ProviderType, ServiceKey.")]
    public async Task Clustering_that_is_not_a_redis_of_the_configuration_stops_the_start(
        string settings,
        string expected) =>
        await AssertSiloFailsAsync(
            $"Orleans:Clustering:{expected}",
            [
                $"--ConnectionStrings:redis={NoRedis}",
                .. settings.Split(' ').Select(setting => $"--Orleans:Clustering:{setting}"),
            ]);

    private static async Task AssertSiloFailsAsync(string expected, params string[] settings)
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync(settings);

        Assert.Equal(1, exitCode);
        Assert.Equal(expected, output);
    }

    [GeneratedRegex(" name=LiveStreams ")]
    private static partial Regex Connections();
}
