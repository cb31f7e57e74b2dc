namespace LiveStreams.Bench.Servers;

/// <summary>A server process under load, with a folder of its own; all of it is gone after disposal.</summary>
internal abstract class Server : IAsyncDisposable
{
    private static readonly TimeSpan _quietCheck = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _quietCpu = TimeSpan.FromMilliseconds(10);
    private const int MaxQuietChecks = 100;

    public abstract int Port { get; }

    /// <summary>The processes whose CPU and memory count as the server's.</summary>
    protected abstract IEnumerable<int> ProcessIds { get; }

    /// <summary>User and system time since the start.</summary>
    public TimeSpan Cpu => ProcessIds.Aggregate(TimeSpan.Zero, (sum, id) => sum + ProcessFigures.Cpu(id));

    public long ResidentBytes => ProcessIds.Sum(ProcessFigures.ResidentBytes);

    public abstract string SubscribePath(int page);

    public abstract string PublishPath(int page);

    /// <summary>Waits until the server does nothing any more: the streams of the last run are closed, what was left to do is done.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var check = 0; check < MaxQuietChecks; check++)
        {
            var before = Cpu;
            await Task.Delay(_quietCheck, TimeProvider.System, cancellationToken);
            if (Cpu - before <= _quietCpu)
            {
                return;
            }
        }

        throw new BenchException($"The server on port {Port} does not come to rest.");
    }

    public abstract ValueTask DisposeAsync();
}
