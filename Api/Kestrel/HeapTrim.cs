namespace LiveStreams.Api.Kestrel;

/// <summary>
/// After a storm of new streams, collects what their requests have left, and returns the memory to the system. Then
/// little is allocated, so .NET would keep it for hours: nearly as much as the streams themselves hold
/// (docs/benchmarks.md).
/// </summary>
internal sealed class HeapTrim(DetachedStreams streams, TimeProvider time) : BackgroundService
{
    /// <summary>Fewer new streams than this leave little.</summary>
    private const int MinStreams = 2000;

    /// <summary>
    /// The whole process pauses for the collection, the longer the more is alive. A larger heap, with what its requests
    /// have left, is left to .NET.
    /// </summary>
    private const long MaxHeapBytes = 256 * 1024 * 1024;

    /// <summary>The storm is over when fewer streams than this start in a second.</summary>
    private const int MaxTrickle = 100;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        var (trimmed, last) = (0L, 0L);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var started = streams.Started;
                if (started - last < MaxTrickle && started - trimmed >= MinStreams && TryCollect())
                {
                    trimmed = started;
                }

                last = started;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private static bool TryCollect()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > MaxHeapBytes)
        {
            return false;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return true;
    }
}
