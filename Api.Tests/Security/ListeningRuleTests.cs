using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>
/// Where the server listens decides whether it may start without a key, whichever setting names the address.
/// </summary>
public sealed class ListeningRuleTests
{
    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://[::]:0")]
    [InlineData("--urls=http://*:0")]
    [InlineData("--urls=http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("--http_ports=0", "--urls=")]
    [InlineData("--Kestrel:Endpoints:Own:Url=http://0.0.0.0:0")]
    [InlineData("--urls=http://0.0.0.0:0", "--Auth:AnonymousPublish=false")]
    public async Task A_server_that_other_machines_can_reach_does_not_start_without_a_key_or_AnonymousPublish(
        params string[] settings)
    {
        var (exitCode, output) = await InProcessApi.FailAsync(settings);

        Assert.Equal(1, exitCode);
        Assert.Contains(
            "beyond this machine, and no key says who may publish", output.Split('\n')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Auth:AnonymousPublish=true", 201)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss", 401)]
    public async Task A_server_that_other_machines_can_reach_starts_with_a_key_or_AnonymousPublish(
        string setting, int status)
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory", "--urls=http://0.0.0.0:0", setting);
        using var client = new ApiClient(new Uri($"http://127.0.0.1:{server.Address.Port}"));
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("", 201)]
    [InlineData("--Auth:AnonymousPublish=false", 401)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss", 401)]
    [InlineData("--Auth:Keys:0:Secret=ssssssssssssssssssssssssssssssss --Auth:AnonymousPublish=true", 201)]
    public async Task A_server_on_loopback_lets_everyone_publish_until_a_key_is_set(string settings, int status)
    {
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        using var client = new ApiClient(server.Address);
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_Unix_socket_counts_as_this_machine()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"livestreams-{Guid.NewGuid():N}.sock");
        await using var server = await InProcessApi.StartAsync(
            "--Store=memory", $"--urls=http://127.0.0.1:0;http://unix:{socket}");
        using var client = new ApiClient(server.Address);
        using var response = await client.PostAsync("home", "x");
        Assert.Equal(201, (int)response.StatusCode);
    }
}
