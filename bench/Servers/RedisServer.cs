namespace LiveStreams.Bench.Servers;

/// <summary>A Redis that keeps its writes on disk, flushed every second, as the documentation recommends it.</summary>
internal static class RedisServer
{
    public static Task<ServerProcess> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        return ServerProcess.StartAsync(
            Programs.Installed("redis-server", "redis-server"),
            ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"],
            port,
            cancellationToken);
    }
}
