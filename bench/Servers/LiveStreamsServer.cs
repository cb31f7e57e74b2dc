namespace LiveStreams.Bench.Servers;

/// <summary>The server under test with its default settings, but that one address may do as much as it can: alone with its SQLite file, or over a Redis of its own.</summary>
internal sealed class LiveStreamsServer : Server
{
    private static readonly string[] _unlimited =
        ["--Limits:MaxSubscribersPerAddress=0", "--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0"];

    private readonly ServerFolder _folder;
    private readonly ServerProcess? _redis;
    private readonly ServerProcess _process;

    private LiveStreamsServer(ServerFolder folder, ServerProcess? redis, ServerProcess process) => (_folder, _redis, _process) = (folder, redis, process);

    public override int Port => _process.Port;

    protected override IEnumerable<int> ProcessIds => [_process.Id];

    public static Task<Server> StartEmbeddedAsync(CancellationToken cancellationToken)
    {
        var folder = new ServerFolder();
        return StartAsync(folder, null, $"--Sqlite:Path={Path.Combine(folder.FullName, "livestreams.db")}", cancellationToken);
    }

    public static async Task<Server> StartOverRedisAsync(CancellationToken cancellationToken)
    {
        var folder = new ServerFolder();
        var redis = await RedisServer.StartAsync(folder.FullName, cancellationToken);
        return await StartAsync(folder, redis, $"--Redis:Connection=127.0.0.1:{redis.Port}", cancellationToken);
    }

    public override string SubscribePath(int page) => $"/pages/p{page}/events";

    public override string PublishPath(int page) => $"/pages/p{page}/updates";

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<Server> StartAsync(ServerFolder folder, ServerProcess? redis, string setting, CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        var process = await ServerProcess.StartAsync(
            Programs.Dotnet, [Programs.LiveStreams, $"--urls=http://127.0.0.1:{port}", setting, .. _unlimited], port, cancellationToken);
        return new LiveStreamsServer(folder, redis, process);
    }
}
