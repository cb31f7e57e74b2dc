using LiveStreams.Bench.Rawcast;

namespace LiveStreams.Bench.Servers;

/// <summary>The baseline (<see cref="RawcastLoop"/>), which this program runs as a process of its own.</summary>
internal sealed class RawcastServer : Server
{
    private readonly ServerProcess _process;

    private RawcastServer(ServerProcess process) => _process = process;

    public override int Port => _process.Port;

    protected override IEnumerable<int> ProcessIds => [_process.Id];

    public static async Task<Server> StartAsync(CancellationToken cancellationToken)
    {
        var port = ServerProcess.FindFreePort();
        string[] arguments = [ProgramPaths.Bench, BenchCommand.Rawcast, $"{port}"];
        return new RawcastServer(
            await ServerProcess.StartAsync(ProgramPaths.Dotnet, arguments, port, cancellationToken));
    }

    public override string SubscribePath(int page) => "/";

    public override string PublishPath(int page) => "/";

    public override ValueTask DisposeAsync() => _process.DisposeAsync();
}
