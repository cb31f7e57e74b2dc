namespace LiveStreams.Bench.Servers;

/// <summary>A running server under load. Disposing it ends its processes and deletes its files.</summary>
internal abstract class Server : IAsyncDisposable
{
    private const int MaxIdleChecks = 100;
    private static readonly TimeSpan _idleCheckInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _maxIdleCpuTime = TimeSpan.FromMilliseconds(10);

    public abstract int Port { get; }

    /// <summary>User and system time since the start.</summary>
    public TimeSpan CpuTime => ProcessIds.Aggregate(TimeSpan.Zero, (sum, id) => sum + ProcessStatistics.CpuTime(id));

    public long ResidentBytes => ProcessIds.Sum(ProcessStatistics.ResidentBytes);

    /// <summary>The processes whose CPU and memory count as the server's.</summary>
    protected abstract IEnumerable<int> ProcessIds { get; }

    public abstract string SubscribePath(int page);

    /// <summary>The path of one stream of all pages (<see cref="ServerCapabilities.ManyPages"/>).</summary>
    public virtual string SubscribeToAllPath(int pages) => throw new NotSupportedException();

    public abstract string PublishPath(int page);

    /// <summary>
    /// Waits until the server has finished the work of the previous run, such as closing its streams.
    /// </summary>
    /// <exception cref="BenchException">The server is still busy after 30 s.</exception>
    public async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        for (var check = 0; check < MaxIdleChecks; check++)
        {
            var before = CpuTime;
            await Task.Delay(_idleCheckInterval, TimeProvider.System, cancellationToken);
            if (CpuTime - before <= _maxIdleCpuTime)
            {
                return;
            }
        }

        throw new BenchException($"The server on port {Port} does not become idle.");
    }

    public abstract ValueTask DisposeAsync();
}
