namespace LiveStreams.Bench.Servers;

/// <summary>
/// Starts Redis as the documentation recommends it: with an append-only file that is flushed every second.
/// </summary>
internal static class RedisServer
{
    public static Task<ServerProcess> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var port = ServerProcess.FindFreePort();
        return ServerProcess.StartAsync(
            ProgramPaths.FindInstalled("redis-server", "redis-server"),
            ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"],
            port,
            cancellationToken);
    }
}
