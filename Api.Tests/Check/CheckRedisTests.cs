using LiveStreams.Api.Check;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveStreams.Api.Tests.Check;

/// <summary><c>check</c> on a real Redis.</summary>
public sealed class CheckRedisTests : IDisposable
{
    private readonly CheckProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_healthy_redis_passes_and_nothing_is_left_in_it()
    {
        using var redis = await RedisServer.StartAsync("--requirepass", "sesame", "--appendonly", "yes");

        var output = await _program.RunAsync(
            [$"--Redis:Connection={redis.Connection},password=sesame", "--Limits:MaxSubscribers=10"]);

        output.AssertReady();
        Assert.Equal("Ready to start.", output.Lines[^1]);
        Assert.Contains($"ok    Redis at {redis.Connection}: version ", output.Text);
        Assert.DoesNotContain("sesame", output.Text, StringComparison.Ordinal);
        Assert.Equal("0", await redis.CliAsync("--no-auth-warning", "-a", "sesame", "DBSIZE"));
    }

    [Fact]
    public async Task A_wrong_password_fails()
    {
        using var redis = await RedisServer.StartAsync("--requirepass", "sesame");

        var output = await _program.RunAsync([$"--Redis:Connection={redis.Connection},password=Sesame"]);

        Assert.Equal(
            $"Redis at {redis.Connection} does not accept the password, or the lack of one, in Redis:Connection.",
            output.SingleFailure());
    }

    [Fact]
    public async Task A_redis_that_is_not_running_fails()
    {
        var connection = $"127.0.0.1:{RedisServer.FreePort()}";

        var output = await _program.RunAsync([$"--Redis:Connection={connection},abortConnect=false,password=sesame"]);

        Assert.StartsWith($"Redis at {connection} does not answer. Is it running", output.SingleFailure());
        Assert.DoesNotContain("sesame", output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task A_redis_that_evicts_fails_and_one_without_an_append_only_file_is_a_warning(string policy)
    {
        using var redis = await RedisServer.StartAsync("--maxmemory-policy", policy);

        var output = await _program.RunAsync([$"--Redis:Connection={redis.Connection}"]);

        Assert.Equal(
            $"Redis at {redis.Connection} removes pages when it is full (maxmemory-policy {policy}): set "
            + "maxmemory-policy to noeviction there.",
            output.SingleFailure());
        Assert.Contains($"warn  Redis at {redis.Connection} loses updates when it stops (appendonly no)", output.Text);
    }

    [Fact]
    public async Task A_user_who_may_not_publish_fails()
    {
        using var redis = await RedisServer.StartAsync();
        await redis.CliAsync("ACL", "SETUSER", "default", "resetchannels");

        var output = await _program.RunAsync([$"--Redis:Connection={redis.Connection}"]);

        Assert.StartsWith($"Redis at {redis.Connection} cannot be used: ", output.SingleFailure());
    }

    [Theory]
    [InlineData(0, "Ok", "agrees with this machine's.")]
    [InlineData(5, "Warn", "is 5.0 s behind this machine's: set both by NTP")]
    [InlineData(-5, "Warn", "is 5.0 s ahead of this machine's: set both by NTP")]
    [InlineData(60, "Fail", "is 60.0 s behind this machine's: set both by NTP")]
    public async Task A_clock_that_is_off_is_reported(int seconds, string severity, string expected)
    {
        using var redis = await RedisServer.StartAsync();
        var time = new ShiftedTime(TimeSpan.FromSeconds(seconds));

        var findings = await ServerCheck.RunAsync(
            [$"--urls=http://127.0.0.1:{RedisServer.FreePort()}", $"--Redis:Connection={redis.Connection}"],
            Program.Parts,
            services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)),
            TestContext.Current.CancellationToken);

        var clock = Assert.Single(
            findings, finding => finding.Text.StartsWith("The clock of", StringComparison.Ordinal));
        Assert.Equal(severity, clock.Severity.ToString());
        Assert.Contains(expected, clock.Text);
    }

    [Fact]
    public async Task A_server_that_is_a_silo_passes_if_its_ports_are_free()
    {
        using var redis = await RedisServer.StartAsync();
        using var port = new TakenPort();
        string[] settings =
        [
            $"--Redis:Connection={redis.Connection}", "--Pages=orleans", "--Orleans:Silo=true",
            $"--Orleans:SiloPort={RedisServer.FreePort()}",
        ];

        (await _program.RunAsync([.. settings, $"--Orleans:GatewayPort={RedisServer.FreePort()}"])).AssertReady();
        var output = await _program.RunAsync([.. settings, $"--Orleans:GatewayPort={port.Number}"]);
        Assert.StartsWith($"Orleans:GatewayPort is {port.Number}, which is in use", output.SingleFailure());
        Assert.Equal("0", await redis.CliAsync("DBSIZE"));
    }

    /// <summary>The system's clock, set wrong.</summary>
    private sealed class ShiftedTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
    }
}
