namespace LiveStreams.Core.FanOut;

/// <summary>
/// Keeps a feed's tail equal to the log, because the bus may lose announcements. A lost announcement leaves a gap,
/// which a repair fills from the log. The loss of the newest announcement leaves no gap: a check finds it, which
/// compares the tail's head with the log's.
/// </summary>
internal sealed class TailSynchronizer(PageId page, IPageLog log, PageTail tail, SubscriberSet subscribers)
{
    private bool _repairDue;
    private bool _checkDue;
    private bool _isChecking;
    private long _lastCheck;

    /// <summary>Starts the tail at the log's head.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async Task StartTailAsync()
    {
        if (!tail.StartAt(await log.HeadAsync(page, CancellationToken.None).ConfigureAwait(false)))
        {
            await CatchUpAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts a repair after a gap was found. A repair that fails becomes due again.</summary>
    public void StartRepair() => _ = RepairAsync();

    /// <summary>Starts a repair if the last one failed.</summary>
    public void RetryRepair()
    {
        if (Interlocked.Exchange(ref _repairDue, false))
        {
            StartRepair();
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
            await CatchUpAsync().ConfigureAwait(false);
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
            var head = await log.HeadAsync(page, CancellationToken.None).ConfigureAwait(false);
            if (tail.CompareWithLog(head.Head) == TailChange.Gap)
            {
                await RepairAsync().ConfigureAwait(false);
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

    private async Task CatchUpAsync()
    {
        bool isComplete;
        do
        {
            var block = await log.ReadAsync(page, tail.Head, HistoryBlock.MaxUpdates, CancellationToken.None)
                .ConfigureAwait(false);
            isComplete = tail.Add(block);
            subscribers.Wake();
        }
        while (!isComplete);
    }
}
