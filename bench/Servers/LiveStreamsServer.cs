namespace LiveStreams.Bench.Servers;

/// <summary>
/// LiveStreams with its default settings, except that the limits per address and per page are off. It runs alone with
/// its SQLite file, with a Redis of its own, as its own silo, or with a silo in another process. The CPU and memory of
/// the silo count as the server's, those of Redis do not.
/// </summary>
internal sealed class LiveStreamsServer : Server
{
    private static readonly string[] _noLimits =
    [
        "--Limits:MaxSubscribersPerAddress=0",
        "--Limits:ReadsPerSecondPerAddress=0",
        "--Limits:MaxStreamPages=10000000",
        "--Limits:PublishesPerSecond=0",
        "--Limits:PublishesPerSecondPerPage=0",
    ];

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

    private string SqliteSetting => $"--Sqlite:Path={_folder.FullName}/livestreams.db";

    public static Task<Server> StartEmbeddedAsync(CancellationToken cancellationToken) =>
        StartAsync(server => server.StartAsync([server.SqliteSetting], cancellationToken));

    public static Task<Server> StartInMemoryAsync(CancellationToken cancellationToken) =>
        StartAsync(server => server.StartAsync(["--Store=memory"], cancellationToken));

    public static Task<Server> StartOnSocketsAsync(CancellationToken cancellationToken) => StartAsync(
        server => server.StartAsync([server.SqliteSetting, "--Transport=sockets"], cancellationToken));

    public static Task<Server> StartWithRedisAsync(CancellationToken cancellationToken) => StartAsync(async server =>
    {
        await server.StartRedisAsync(cancellationToken);
        await server.StartAsync([server.RedisSetting], cancellationToken);
    });

    public static Task<Server> StartWithSiloAsync(CancellationToken cancellationToken) => StartAsync(async server =>
    {
        await server.StartRedisAsync(cancellationToken);
        await server.StartSiloAsync(cancellationToken);
        await server.StartAsync([server.RedisSetting, "--Pages=orleans"], cancellationToken);
    });

    public static Task<Server> StartAsSiloAsync(CancellationToken cancellationToken) => StartAsync(async server =>
    {
        await server.StartRedisAsync(cancellationToken);
        await server.StartAsync(
            [server.RedisSetting, "--Pages=orleans", "--Orleans:Silo=true", .. SiloPorts()], cancellationToken);
    });

    public override string SubscribePath(int page) => $"/pages/p{page}/events";

    public override string SubscribeToAllPath(int pages) =>
        $"/events?{string.Join('&', Enumerable.Range(0, pages).Select(page => $"page=p{page}"))}";

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

    private static string[] SiloPorts() =>
    [
        $"--Orleans:SiloPort={ServerProcess.FindFreePort()}",
        $"--Orleans:GatewayPort={ServerProcess.FindFreePort()}",
    ];

    private async Task StartRedisAsync(CancellationToken cancellationToken) =>
        _redis = await RedisServer.StartAsync(_folder.FullName, cancellationToken);

    private async Task StartSiloAsync(CancellationToken cancellationToken)
    {
        var port = ServerProcess.FindFreePort();
        string[] arguments =
        [
            ProgramPaths.Silo,
            $"--urls=http://127.0.0.1:{port}",
            RedisSetting,
            .. SiloPorts(),
        ];
        _silo = await ServerProcess.StartAsync(ProgramPaths.Dotnet, arguments, port, cancellationToken);
    }

    private async Task StartAsync(string[] settings, CancellationToken cancellationToken)
    {
        var port = ServerProcess.FindFreePort();
        string[] arguments = [ProgramPaths.Api, $"--urls=http://127.0.0.1:{port}", .. settings, .. _noLimits];
        _process = await ServerProcess.StartAsync(ProgramPaths.Dotnet, arguments, port, cancellationToken);
    }
}
