using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary><c>deploy/compose.yaml</c>, and the cluster that it describes.</summary>
public sealed class ComposeTests : IDisposable
{
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("livestreams-secrets-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task Every_service_is_hardened_and_restarts()
    {
        var file = await ComposeFile.LoadAsync();

        Assert.Equal(["redis", "silo-1", "silo-2", "server-1", "server-2", "nginx"], file.Services);
        Assert.All(file.Services, service =>
        {
            Assert.Equal(
                ("true", "true", "unless-stopped"),
                (file.Find("services", service, "read_only"), file.Find("services", service, "init"),
                    file.Find("services", service, "restart")));
            Assert.Equal(["ALL"], file.FindNames("services", service, "cap_drop"));
            Assert.Equal(["no-new-privileges:true"], file.FindNames("services", service, "security_opt"));
            Assert.NotNull(file.Find("services", service, "stop_grace_period"));
        });
    }

    [Fact]
    public async Task Services_start_after_those_that_they_need_are_healthy()
    {
        var file = await ComposeFile.LoadAsync();
        string[] Needs(string service) => [.. file.FindNames("services", service, "depends_on")];

        Assert.Equal(["redis"], Needs("silo-1"));
        Assert.Equal(["redis", "silo-1", "silo-2"], Needs("server-1"));
        Assert.Equal(["server-1", "server-2"], Needs("nginx"));
        Assert.All(file.Services.SelectMany(service => Needs(service).Select(need => (service, need))), pair =>
        {
            Assert.Equal(
                "service_healthy",
                file.Find("services", pair.service, "depends_on", pair.need, "condition"));
            Assert.NotNull(file.Find("services", pair.need, "healthcheck", "test"));
        });
    }

    [Fact]
    public async Task Every_variable_is_a_setting_and_every_silo_has_the_address_that_it_tells_others()
    {
        var file = await ComposeFile.LoadAsync();
        foreach (var service in file.Services)
        {
            var environment = file.FindTexts("services", service, "environment");
            foreach (var variable in environment.Keys)
            {
                await DocumentedSettings.AssertAsync(variable);
            }

            if (environment.TryGetValue("Orleans__Address", out var address))
            {
                Assert.Equal(address, file.Find("services", service, "networks", "inside", "ipv4_address"));
            }
        }

        Assert.Equal(
            file.Find("services", "nginx", "networks", "inside", "ipv4_address"),
            file.Find("services", "server-1", "environment", "Proxies__Trusted"));
    }

    [Fact]
    public async Task The_script_makes_the_secrets_that_are_mounted_and_keeps_them()
    {
        var file = await ComposeFile.LoadAsync();
        await MakeSecretsAsync();
        var made = ReadSecrets();

        await MakeSecretsAsync();

        Assert.Equal(made, ReadSecrets());
        Assert.Equal(
            file.FindNames("secrets").Select(secret => file.Find("secrets", secret, "file")).Order(),
            made.Keys.Select(name => $"secrets/{name}").Order());
        Assert.All(
            file.Services.SelectMany(service => file.FindNames("services", service, "secrets")),
            secret => Assert.Contains(secret, file.FindNames("secrets")));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_cluster_runs_with_the_secrets_as_its_only_way_to_Redis()
    {
        var file = await ComposeFile.LoadAsync();
        await MakeSecretsAsync();
        using var redis = await RedisServer.StartAsync("--aclfile", Path.Combine(_secrets.FullName, "redis-users"));
        Assert.Equal("PONG", await redis.CliAsync("ping"));
        Assert.StartsWith("NOPERM", await redis.CliAsync("get", "x"), StringComparison.Ordinal);
        var connection = Path.Combine(_secrets.FullName, "Redis__Connection");
        var text = await File.ReadAllTextAsync(connection, Ct);
        await File.WriteAllTextAsync(
            connection, text.Replace("redis:6379", redis.Connection, StringComparison.Ordinal), Ct);

        using var silo = await ServerProcess.StartSiloAsync(Ports(), Environment(file, "silo-1"));
        using var second = await ServerProcess.StartSiloAsync(Ports(), Environment(file, "silo-2"));
        using var server = await ServerProcess.StartAsync([], Environment(file, "server-1"));
        using var other = await ServerProcess.StartAsync([], Environment(file, "server-2"));
        using var publisher = new ApiClient(server.Address);
        using var subscriber = new ApiClient(other.Address);
        await using var stream = await subscriber.SubscribeAsync("home");

        using var refused = await publisher.PostAsync("home", "without a token");
        using var answered = await PublishAsync(publisher);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Created, answered.StatusCode);
        Assert.Equal("Kick-off!", (await stream.NextAsync()).Data);
    }

    private static string[] Ports() =>
        [$"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}"];

    /// <summary>The environment of a service, on this machine.</summary>
    private (string Name, string Value)[] Environment(ComposeFile file, string service) =>
    [
        .. file.FindTexts("services", service, "environment").Select(variable => (variable.Key, variable.Key switch
        {
            "Secrets__Folder" => _secrets.FullName,
            "Orleans__Address" => "127.0.0.1",
            _ => variable.Value,
        })),
    ];

    private async Task<HttpResponseMessage> PublishAsync(ApiClient publisher)
    {
        var (_, token, _) = await ApiProgram.RunAsync(
            "token", "--publish", "home", "--expires", "1h", $"--Secrets:Folder={_secrets.FullName}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pages/home/updates")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("Kick-off!")),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.TrimEnd()) },
        };
        return await publisher.SendAsync(request);
    }

    private async Task MakeSecretsAsync()
    {
        using var script = Process.Start(Repository.PathOf("deploy/make-secrets"), [_secrets.FullName]);
        await script.WaitForExitAsync(Ct);
        Assert.Equal(0, script.ExitCode);
    }

    private Dictionary<string, string> ReadSecrets() =>
        _secrets.GetFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
}
