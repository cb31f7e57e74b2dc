using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>A problem with Redis at the start is reported in one sentence, without the password.</summary>
public sealed class RedisStartTests
{
    /// <summary>The time that the client waits for a server that does not respond.</summary>
    private const int ConnectTimeoutMilliseconds = 1_000;

    [Fact]
    public async Task A_server_logs_the_address_of_its_redis_without_the_password()
    {
        using var redis = await RedisServer.StartAsync("--requirepass", "sesame");
        using var process = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection},password=sesame");
        using var client = new ApiClient(process.Address);

        Assert.NotEmpty(await client.PublishAsync("home", "x"));
        Assert.Contains($"Data: Redis at {redis.Connection}", process.Output, StringComparison.Ordinal);
        redis.Kill();
        await Wait.UntilAsync(
            () => process.Output.Contains("was lost", StringComparison.Ordinal),
            "the lost connection is logged");
        Assert.DoesNotContain("sesame", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_uses_the_database_in_the_connection_string()
    {
        using var redis = await RedisServer.StartAsync();
        using var process = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection},defaultDatabase=3");
        using var client = new ApiClient(process.Address);

        await client.PublishAsync("home", "x");

        Assert.Equal("1", await redis.CliAsync("-n", "3", "EXISTS", "livestreams:{home}:log"));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_server_with_tls_in_the_connection_string_accepts_only_trusted_certificates()
    {
        using var certificate = TestCertificate.Create();
        var port = RedisServer.FreePort();
        using var redis = await RedisServer.StartAsync(
            "--tls-port", $"{port}",
            "--tls-cert-file", certificate.CertificatePath,
            "--tls-key-file", certificate.KeyPath,
            "--tls-ca-cert-file", certificate.CertificatePath,
            "--tls-auth-clients", "no");
        var connection = $"localhost:{port},ssl=true";
        await AssertFailsAsync(connection, $"Redis at localhost:{port} cannot be reached over TLS.");

        // On Linux .NET uses OpenSSL, which reads its trusted certificates from this file.
        using var process = await ServerProcess.StartAsync(
            [$"--Redis:Connection={connection}"],
            ("SSL_CERT_FILE", certificate.CertificatePath));
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("home");
        await client.PublishAsync("home", "over TLS");
        Assert.Equal("over TLS", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData(",password=Sesame")]
    [InlineData("")]
    public async Task A_wrong_password_stops_the_start(string options)
    {
        using var redis = await RedisServer.StartAsync("--requirepass", "sesame");

        await AssertFailsAsync(
            $"{redis.Connection}{options}",
            $"Redis at {redis.Connection} does not accept the password, or the lack of one, in Redis:Connection.");
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start_although_the_default_user_needs_none()
    {
        using var redis = await RedisServer.StartAsync();
        await redis.CliAsync("ACL", "SETUSER", "livestreams", "on", ">sesame", "~*", "&*", "+@all");

        await AssertFailsAsync(
            $"{redis.Connection},user=livestreams,password=Sesame",
            $"Redis at {redis.Connection} does not accept the user and password in Redis:Connection");
    }

    [Fact]
    public async Task A_redis_that_is_not_running_stops_the_start()
    {
        string connection;
        using (var redis = await RedisServer.StartAsync())
        {
            connection = redis.Connection;
        }

        await AssertFailsAsync($"{connection},password=sesame", $"Redis at {connection} does not answer.");
    }

    [Fact]
    public async Task An_unknown_host_stops_the_start() =>
        await AssertFailsAsync("redis.invalid:6379", "Redis at redis.invalid:6379 does not answer.");

    /// <summary>Redis has XADD since version 5. Here the command is removed.</summary>
    [Fact]
    public async Task A_redis_that_is_too_old_stops_the_start()
    {
        using var redis = await RedisServer.StartAsync("--rename-command", "XADD", "");

        await AssertFailsAsync(redis.Connection, $"Redis at {redis.Connection} is older than version 5");
    }

    [Fact]
    public async Task A_redis_that_rejects_writes_stops_the_start()
    {
        using var redis = await RedisServer.StartAsync("--maxmemory", "1");

        await AssertFailsAsync(
            redis.Connection,
            $"Redis at {redis.Connection} cannot be used: Redis returned an error: ");
    }

    [Fact]
    public async Task A_redis_that_forbids_publishing_stops_the_start()
    {
        using var redis = await RedisServer.StartAsync();
        await redis.CliAsync("ACL", "SETUSER", "default", "resetchannels");

        await AssertFailsAsync(
            redis.Connection,
            $"Redis at {redis.Connection} cannot be used: Redis returned an error: ");
    }

    [Theory]
    [InlineData("localhost:1,password=open,sesame")]
    [InlineData("localhost:1,password=open,sesame=1")]
    public async Task A_password_with_a_comma_stops_the_start_and_is_not_logged(string connection) =>
        await AssertFailsAsync(connection, "Redis:Connection ");

    [Theory]
    [InlineData("--Redis:Connection=localhost:1,pasword=x", "Redis:Connection is not valid: ")]
    [InlineData(
        "--Store=redis",
        "Store is 'redis', but Redis:Connection is not set. Set it, for example to localhost:6379.")]
    [InlineData("--Redis:Connection=localhost:1 --Redis:Prefix={}", "Redis:Prefix: ")]
    [InlineData(
        "--Redis:Connection=localhost:1 --Redis:ForeignChannels=group",
        "Redis:ForeignChannels: 'group' must contain {page} exactly once.")]
    [InlineData(
        "--Redis:Connection=localhost:1 --Redis:Host=x",
        "Redis:Host is not a setting; Redis has Connection, Prefix, ShardedAnnouncements, ForeignChannels.")]
    public async Task An_invalid_setting_stops_the_start(string settings, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync(settings.Split(' '));

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
    }

    private static async Task AssertFailsAsync(string connection, string expected)
    {
        var (exitCode, output) = await InProcessApi.FailAsync(
            $"--Redis:Connection={connection},connectTimeout={ConnectTimeoutMilliseconds}");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", output, StringComparison.OrdinalIgnoreCase);
    }
}
