using System.Diagnostics;
using System.Net;

namespace LiveStreams.Api.Tests.Systemd;

/// <summary>Servers and silos tell systemd when they have started and when they stop.</summary>
public sealed class NotifyTests
{
    [Fact]
    public async Task A_server_is_ready_when_it_listens_and_says_when_it_stops() =>
        await AssertNotifiesAsync("LiveStreams.Api", "--Store=memory");

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_silo_is_ready_when_it_has_joined_and_says_when_it_stops()
    {
        using var redis = await RedisServer.StartAsync();
        await AssertNotifiesAsync(
            "LiveStreams.Silo",
            $"--Redis:Connection={redis.Connection}",
            $"--Orleans:SiloPort={RedisServer.FreePort()}",
            $"--Orleans:GatewayPort={RedisServer.FreePort()}");
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_never_ready()
    {
        using var socket = new NotifySocket();
        using var process = Start("LiveStreams.Api", socket, "--Store=mongo");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).BoundedAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.False(socket.HasMessage);
    }

    private static async Task AssertNotifiesAsync(string program, params string[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        using var socket = new NotifySocket();
        using var process = Start(program, socket, [$"--urls={address}", .. settings]);
        try
        {
            Assert.Equal("READY=1", await socket.ReceiveAsync());
            using (var client = new ApiClient(address))
            using (var response = await client.GetAsync("/health/ready"))
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }

            Assert.False(socket.HasMessage);
            using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            {
                kill.WaitForExit();
            }

            Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).BoundedAsync();
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(string program, NotifySocket socket, params string[] settings)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), settings);
        start.Environment["NOTIFY_SOCKET"] = socket.Path;
        return Process.Start(start)!;
    }
}
