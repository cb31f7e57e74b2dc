using System.Text.Json;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>What servers and silos log.</summary>
public sealed class LogTests
{
    private static readonly (string Name, string Value) _json = ("Logging__Console__FormatterName", "json");

    [Fact]
    public async Task With_the_formatter_json_each_line_from_the_start_to_the_stop_is_json()
    {
        using var process = await ServerProcess.StartAsync(["--Store=memory"], _json);
        process.Terminate();
        await process.ExitAsync();

        var messages = process.Output.Split('\n').Select(ReadMessage).ToList();

        Assert.Contains(messages, IsStart);
        Assert.Contains("The server stops. Its 0 event streams end over 0 s.", messages);
        Assert.StartsWith("All requests and event streams have ended after", messages[^1]);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_silo_logs_json_too()
    {
        using var redis = await RedisServer.StartAsync();
        using var process = await ServerProcess.StartSiloAsync(
            [
                $"--Redis:Connection={redis.Connection}",
                $"--Orleans:SiloPort={RedisServer.FreePort()}",
                $"--Orleans:GatewayPort={RedisServer.FreePort()}",
            ],
            _json);

        Assert.Contains(
            process.Output.Split('\n').Select(ReadMessage),
            message => message.StartsWith("The silo 0.1.0 has started.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task By_default_the_start_is_said_once_and_for_people()
    {
        using var process = await ServerProcess.StartAsync("--Store=memory");

        Assert.Contains("LiveStreams listens on ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("has started", process.Output, StringComparison.Ordinal);
    }

    private static bool IsStart(string message) =>
        message.StartsWith("LiveStreams 0.1.0 has started. It listens on http://", StringComparison.Ordinal);

    private static string ReadMessage(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("Message").GetString()!;
    }
}
