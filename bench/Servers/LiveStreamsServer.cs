namespace LiveStreams.Bench.Servers;

/// <summary>
/// The server under test with its default settings, but that one address may do as much as it can: alone with its
/// SQLite file, over a Redis of its own, or over a Redis and a silo of its own, whose CPU and memory count as the
/// server's.
/// </summary>
internal sealed class LiveStreamsServer : Server
{
    private static readonly string[] _unlimited =
        ["--Limits:MaxSubscribersPerAddress=0", "--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0"];

    private readonly ServerFolder _folder = new();
    private ServerProcess? _redis;
    private ServerProcess? _silo;
    private ServerProcess? _process;

    private LiveStreamsServer()
    {
    }

    public override int Port => _process!.Port;

    protected override IEnumerable<int> ProcessIds => _silo is null ? [_process!.Id] : [_process!.Id, _silo.Id];

    private string RedisSetting => $"--Redis:Connection=127.0.0.1:{_redis!.Port}";

    public static Task<Server> StartEmbeddedAsync(CancellationToken cancellationToken) => StartAsync(
        server => server.StartAsync([$"--Sqlite:Path={server._folder.FullName}/livestreams.db"], cancellationToken));

    public static Task<Server> StartOverRedisAsync(CancellationToken cancellationToken) => StartAsync(async server =>
    {
        await server.StartRedisAsync(cancellationToken);
        await server.StartAsync([server.RedisSetting], cancellationToken);
    });

    public static Task<Server> StartClusterAsync(CancellationToken cancellationToken) => StartAsync(async server =>
    {
        await server.StartRedisAsync(cancellationToken);
        var port = ServerProcess.FreePort();
        server._silo = await ServerProcess.StartAsync(
            Programs.Dotnet,
            [
                Programs.Silo, $"--urls=http://127.0.0.1:{port}", server.RedisSetting,
                $"--Orleans:SiloPort={ServerProcess.FreePort()}", $"--Orleans:GatewayPort={ServerProcess.FreePort()}",
            ],
            port,
            cancellationToken);
        await server.StartAsync([server.RedisSetting, "--Pages=orleans"], cancellationToken);
    });

    public override string SubscribePath(int page) => $"/pages/p{page}/events";

    public override string PublishPath(int page) => $"/pages/p{page}/updates";

    public override async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _process, _silo, _redis })
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        _folder.Dispose();
    }

    private static async Task<Server> StartAsync(Func<LiveStreamsServer, Task> start)
    {
        var server = new LiveStreamsServer();
        try
        {
            await start(server);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task StartRedisAsync(CancellationToken cancellationToken) =>
        _redis = await RedisServer.StartAsync(_folder.FullName, cancellationToken);

    private async Task StartAsync(string[] settings, CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        _process = await ServerProcess.StartAsync(
            Programs.Dotnet,
            [Programs.LiveStreams, $"--urls=http://127.0.0.1:{port}", .. settings, .. _unlimited],
            port,
            cancellationToken);
    }
}
