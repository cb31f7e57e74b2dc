using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary><c>LiveStreams.Api health URL</c>, with which an image checks its process.</summary>
public sealed class HealthCommandTests(SharedApi api)
{
    [Fact]
    public async Task The_health_command_succeeds_when_the_server_is_ready()
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync("health", $"{api.Server.Address}health/ready");

        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Fact]
    public async Task The_health_command_fails_when_the_response_is_an_error()
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync("health", $"{api.Server.Address}missing");

        Assert.Equal(
            (1, "", $"{api.Server.Address}missing responds with 404.\n"),
            (exitCode, output, error));
    }

    [Fact]
    public async Task The_health_command_fails_when_nobody_listens()
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync(
            "health", $"http://127.0.0.1:{RedisServer.FreePort()}/");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("does not respond: Connection refused", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("health", "localhost")]
    [InlineData("health", "file:///etc/passwd")]
    public async Task The_health_command_without_an_address_says_how_to_use_it(params string[] arguments)
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync(arguments);

        Assert.Equal(
            (1, "", "Use: health URL, for example health http://localhost:8080/health/ready\n"),
            (exitCode, output, error));
    }
}
