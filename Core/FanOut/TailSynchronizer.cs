using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Keeps a feed's tail equal to the log, because the bus may lose announcements. A lost announcement leaves a gap,
/// which a repair fills from the log. The loss of the newest announcement leaves no gap: a check finds it, which
/// compares the tail's head with the log's.
/// </summary>
/// <remarks>
/// Another program may announce updates that do not exist. A repair that finds nothing makes the next one wait for the
/// tick, so such announcements cost a page a few reads a second, however many they are.
/// </remarks>
internal sealed class TailSynchronizer(
    PageId page,
    IPageLog log,
    PageTail tail,
    SubscriberSet subscribers,
    FanOutClock clock,
    ServerMetrics metrics)
{
    /// <summary>
    /// How many reads in a row may find nothing although updates were announced: an update is in the log before its
    /// announcement, so one that was announced during a read is found by the next.
    /// </summary>
    private const int MaxFutileReads = 2;

    private bool _repairDue;
    private bool _wasFutile;
    private bool _checkDue;
    private bool _isChecking;
    private long _lastCheck;
    private long _completeUntil;

    /// <summary>
    /// The moment, in Unix seconds, of the last comparison after which the tail had everything that was in the log.
    /// </summary>
    public long CompleteUntil => Volatile.Read(ref _completeUntil);

    /// <summary>Starts the tail at the log's head.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async Task StartTailAsync()
    {
        var now = clock.UnixSeconds;
        if (!tail.StartAt(await log.HeadAsync(page, CancellationToken.None).ConfigureAwait(false)))
        {
            await CatchUpAsync().ConfigureAwait(false);
        }

        SetComplete(now);
    }

    /// <summary>Starts a repair after a gap was found. A repair that fails becomes due again.</summary>
    public void StartRepair()
    {
        if (Volatile.Read(ref _wasFutile))
        {
            Volatile.Write(ref _repairDue, true);
        }
        else
        {
            _ = RepairAsync();
        }
    }

    /// <summary>Starts a repair at a tick if the last one failed, or found nothing.</summary>
    public void RetryRepair()
    {
        Volatile.Write(ref _wasFutile, false);
        if (Interlocked.Exchange(ref _repairDue, false))
        {
            _ = RepairAsync();
        }
    }

    /// <summary>Makes a check due at the next tick.</summary>
    public void RequestCheck() => Volatile.Write(ref _checkDue, true);

    /// <summary>
    /// Starts a check if one was requested, or the last one was <paramref name="period"/> ticks ago; true if it was
    /// started.
    /// </summary>
    public bool TryStartCheck(long tick, long period)
    {
        var isDue = Volatile.Read(ref _checkDue) || tick - _lastCheck >= period;
        if (!isDue || Interlocked.Exchange(ref _isChecking, true))
        {
            return false;
        }

        _lastCheck = tick;
        Volatile.Write(ref _checkDue, false);
        _ = CheckAsync();
        return true;
    }

    // Continues on another thread first: the bus, which found the gap, must not wait for the log.
    private async Task RepairAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Volatile.Write(ref _wasFutile, !await CatchUpAsync().ConfigureAwait(false));
            if (!tail.IsCatchingUp)
            {
                metrics.Streams.CountGapFilled();
            }
        }
        catch (Exception exception)
        {
            // After any exception: the feed ignores announcements until the log has been read.
            Volatile.Write(ref _repairDue, true);
            if (exception is not StoreUnavailableException)
            {
                throw;
            }
        }
    }

    private async Task CheckAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var now = clock.UnixSeconds;
            var head = await log.HeadAsync(page, CancellationToken.None).ConfigureAwait(false);
            metrics.Streams.CountComparison();

            // While the log is read already, nothing is compared: that read may have begun before this one.
            var isCompared = !tail.IsCatchingUp;
            if (tail.CompareWithLog(head.Head) == TailChange.Gap)
            {
                metrics.Streams.CountGapFound();
                await RepairAsync().ConfigureAwait(false);
            }

            if (isCompared)
            {
                SetComplete(now);
            }
        }
        catch (StoreUnavailableException)
        {
            RequestCheck();
        }
        finally
        {
            Volatile.Write(ref _isChecking, false);
        }
    }

    private void SetComplete(long until)
    {
        if (!tail.IsCatchingUp)
        {
            Volatile.Write(ref _completeUntil, until);
        }
    }

    // True if the log had updates that the tail had not.
    private async Task<bool> CatchUpAsync()
    {
        var hasFound = false;
        var futileReads = 0;
        while (futileReads < MaxFutileReads)
        {
            var block = await log.ReadAsync(page, tail.Head, HistoryBlock.MaxUpdates, CancellationToken.None)
                .ConfigureAwait(false);
            var isFutile = block.Updates.Count == 0 && block.Reset is null;
            hasFound |= !isFutile;
            futileReads = isFutile ? futileReads + 1 : 0;
            var isComplete = tail.Add(block);
            subscribers.Wake();
            if (isComplete)
            {
                return hasFound;
            }
        }

        // What was announced is not in the log. The tail continues to catch up.
        Volatile.Write(ref _repairDue, true);
        return hasFound;
    }
}
