using LiveStreams.Core.Metrics;

namespace LiveStreams.Core;

/// <summary>
/// Orders one page's writes. While one append is in progress, further publishes wait; the next append takes all of them
/// at once (group commit), so the page's rate does not depend on the store's latency.
/// <code>
/// publisher ─ draft ─┐
/// publisher ─ draft ─┼─▶ waiting ──(one append at a time)──▶ IPageLog ──▶ a result each
/// publisher ─ draft ─┘
/// </code>
/// </summary>
public sealed class PageWriter(
    PageId id, IPageLog log, ServerMetrics metrics, TimeProvider time, Action<PageWriter>? onIdle = null)
{
    /// <summary>
    /// The most publishes that may wait for one page; more are refused with <see cref="PublishStatus.PageBusy"/>.
    /// </summary>
    public const int MaxWaiting = 10_000;

    /// <summary>The most bytes of data that may wait for one page.</summary>
    public const int MaxWaitingBytes = 16 * 1024 * 1024;

    /// <summary>The most drafts in one append: keeps a store's transaction short.</summary>
    public const int MaxBatch = 500;

    /// <summary>
    /// How long a publish may take, from the moment it was queued. After that it, and all publishes queued behind it,
    /// fail because the store is unavailable.
    /// </summary>
    public static readonly TimeSpan AppendTimeout = TimeSpan.FromSeconds(1.5);

    private static readonly string _timeoutError = $"The store has not responded for {AppendTimeout.TotalSeconds} s.";

    private static readonly Task<PublishResult> _pageBusy = Task.FromResult(PublishResult.PageBusy);

    private static readonly Task<PublishResult> _storeUnavailable =
        Task.FromResult(PublishResult.StoreUnavailable(_timeoutError));

    private readonly Lock _gate = new();
    private readonly Queue<WaitingPublish> _waiting = new();
    private long _waitingBytes;
    private bool _isAppending;
    private bool _isAppendOverdue;
    private bool _isRetired;

    public PageId Id => id;

    /// <summary>Queues a draft; null when the writer has been retired and a new one must be made.</summary>
    public Task<PublishResult>? TryPublish(UpdateDraft draft)
    {
        var publish = new WaitingPublish(draft, time.GetTimestamp());
        lock (_gate)
        {
            if (_isRetired)
            {
                return null;
            }

            if (_isAppendOverdue)
            {
                return _storeUnavailable;
            }

            if (_waiting.Count >= MaxWaiting || _waitingBytes + draft.Data.Length > MaxWaitingBytes)
            {
                return _pageBusy;
            }

            _waiting.Enqueue(publish);
            _waitingBytes += draft.Data.Length;
            if (_isAppending)
            {
                return publish.Task;
            }

            _isAppending = true;
        }

        _ = AppendAllAsync();
        return publish.Task;
    }

    /// <summary>
    /// Retires the writer if no publish is waiting or in progress. A retired writer takes no more drafts.
    /// </summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return !_isAppending && (_isRetired = true);
        }
    }

    // Runs until nothing waits. Every result goes to its publisher, so nothing is thrown here. The next append starts
    // before the results of the last are delivered. The publisher's thread does not write what others publish
    // meanwhile.
    private async Task AppendAllAsync()
    {
        var append = StartNextAppend();
        for (var round = 1; append is var (batch, results, start); round++)
        {
            if (round == 2 && results.IsCompleted)
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            try
            {
                var completed = await results.WaitAsync(TimeLeft(batch), time).ConfigureAwait(false);
                metrics.Publishes.RecordAppend(batch.Count, time.GetElapsedTime(start));
                batch.RecordTrace(start, time);
                append = StartNextAppend();
                batch.Complete(completed);
            }
            catch (TimeoutException)
            {
                batch.RecordTrace(start, time);
                FailOverdue(batch);
                await ((Task)results).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                append = StartNextAppend();
            }
            catch (StoreUnavailableException exception)
            {
                batch.RecordTrace(start, time);
                append = StartNextAppend();
                batch.Complete(PublishResult.Of(exception));
            }
            catch (Exception exception)
            {
                // A bug in the engine: each publisher receives it.
                append = StartNextAppend();
                batch.Fail(exception);
            }
        }
    }

    private (PublishBatch Batch, Task<PublishResult[]> Results, long Start)? StartNextAppend()
    {
        var start = time.GetTimestamp();
        return NextBatch() is { } batch ? (batch, AppendAsync(batch), start) : null;
    }

    private Task<PublishResult[]> AppendAsync(PublishBatch batch)
    {
        try
        {
            return log.AppendAsync(id, batch.ReadDrafts(), CancellationToken.None).AsTask();
        }
        catch (Exception exception)
        {
            return Task.FromException<PublishResult[]>(exception);
        }
    }

    // Without a batch, the loop ends in the same step, under the lock: the next publish starts it again.
    private PublishBatch? NextBatch()
    {
        lock (_gate)
        {
            _isAppending = _waiting.Count > 0;
            _isAppendOverdue = false;
            if (_isAppending)
            {
                var publishes = new WaitingPublish[Math.Min(_waiting.Count, MaxBatch)];
                for (var i = 0; i < publishes.Length; i++)
                {
                    publishes[i] = _waiting.Dequeue();
                    _waitingBytes -= publishes[i].Draft.Data.Length;
                }

                return new PublishBatch(publishes);
            }
        }

        onIdle?.Invoke(this);
        return null;
    }

    private TimeSpan TimeLeft(PublishBatch batch)
    {
        var left = AppendTimeout - time.GetElapsedTime(batch.QueuedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void FailOverdue(PublishBatch batch)
    {
        PublishBatch behind;
        lock (_gate)
        {
            behind = new PublishBatch([.. _waiting]);
            _waiting.Clear();
            _waitingBytes = 0;
            _isAppendOverdue = true;
        }

        batch.Complete(PublishResult.Unknown(_timeoutError));
        behind.Complete(PublishResult.StoreUnavailable(_timeoutError));
    }
}
