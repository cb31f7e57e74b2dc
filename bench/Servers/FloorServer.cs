using LiveStreams.Bench.Floor;

namespace LiveStreams.Bench.Servers;

/// <summary>The floor, run by this program as a process of its own: see <see cref="FloorLoop"/>.</summary>
internal sealed class FloorServer : Server
{
    /// <summary>The verb under which this program is that server.</summary>
    public const string Verb = "floor";

    private readonly ServerProcess _process;

    private FloorServer(ServerProcess process) => _process = process;

    public override int Port => _process.Port;

    protected override IEnumerable<int> ProcessIds => [_process.Id];

    public static async Task<Server> StartAsync(CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        return new FloorServer(await ServerProcess.StartAsync(Programs.Dotnet, [Programs.Itself, Verb, $"{port}"], port, cancellationToken));
    }

    public override string SubscribePath(int page) => "/";

    public override string PublishPath(int page) => "/";

    public override ValueTask DisposeAsync() => _process.DisposeAsync();
}
