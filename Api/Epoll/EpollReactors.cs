using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Epoll;

/// <summary>All reactors of the process. Each new connection goes to the next of them.</summary>
internal sealed class EpollReactors : IDisposable
{
    private readonly EpollTargets _targets = new();
    private readonly EpollReactor[] _reactors;
    private uint _next;

    public EpollReactors(ServerMetrics metrics, TimeProvider time, ILogger<EpollReactor> log) =>
        _reactors = [.. Enumerable.Range(0, Count).Select(_ => new EpollReactor(_targets, metrics, time, log))];

    /// <summary>
    /// How many there are. The other half of the processors serves the store, the fan-out and longer requests. On 2
    /// processors one was faster than two for a publish (docs/benchmarks.md).
    /// </summary>
    public static int Count { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Those that are watched at this moment.</summary>
    public IReadOnlyList<EpollTarget> Targets => _targets.All;

    /// <summary>The reactor for the next descriptor.</summary>
    public EpollReactor Next() => _reactors[Interlocked.Increment(ref _next) % _reactors.Length];

    public void Dispose() => Array.ForEach(_reactors, static reactor => reactor.Dispose());
}
