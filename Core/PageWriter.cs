using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>
/// Orders one page's writes. While an append is on its way, publishers gather; the next append takes all of them at once
/// (group commit), so the page's rate is not bounded by the store's latency.
/// <code>
/// publisher ─ draft ─┐
/// publisher ─ draft ─┼─▶ waiting ──(one append at a time)──▶ IPageLog ──▶ an answer each
/// publisher ─ draft ─┘
/// </code>
/// </summary>
public sealed class PageWriter(PageId id, IPageLog log, TimeProvider time, Action<PageWriter>? onIdle = null)
{
    /// <summary>The most publishes that wait for one page; the next is refused with <see cref="PageBusyException"/>.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>The most bytes of data that wait for one page.</summary>
    public const int MaxWaitingBytes = 16 * 1024 * 1024;

    /// <summary>The most drafts in one append: keeps a store's transaction short.</summary>
    public const int MaxBatch = 500;

    /// <summary>
    /// How long a publisher waits before it, and those behind it, are told that the store is unavailable; counted from when it got in line.
    /// </summary>
    public static readonly TimeSpan AppendTimeout = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly Queue<WaitingPublish> _waiting = new();
    private long _waitingBytes;
    private bool _appending;
    private bool _storeStuck;
    private bool _retired;

    public PageId Id => id;

    /// <summary>Takes a draft in line; false when the page has been retired and a new one must be made.</summary>
    /// <exception cref="PageBusyException">The line is full.</exception>
    /// <exception cref="StoreUnavailableException">An append is overdue; the draft was not taken.</exception>
    public bool TryPublish(UpdateDraft draft, out Task<Published> answer)
    {
        var publish = new WaitingPublish(id, draft, time.GetTimestamp());
        answer = publish.Task;
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            Admit(draft);
            _waiting.Enqueue(publish);
            _waitingBytes += draft.Data.Length;
            if (_appending)
            {
                return true;
            }

            _appending = true;
        }

        _ = AppendAllAsync();
        return true;
    }

    /// <summary>Ends the page if nothing is in line or on its way. A retired page takes no more drafts.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return !_appending && (_retired = true);
        }
    }

    private void Admit(UpdateDraft draft)
    {
        if (_storeStuck)
        {
            throw new StoreUnavailableException($"The store has not answered for {AppendTimeout.TotalSeconds} s.");
        }

        if (_waiting.Count >= MaxWaiting || _waitingBytes + draft.Data.Length > MaxWaitingBytes)
        {
            throw new PageBusyException(id);
        }
    }

    // Runs while there is something in line; every outcome goes to the publishers, so nothing is thrown here. The next append is on its way before the
    // last is answered.
    private async Task AppendAllAsync()
    {
        var append = NextAppend();
        while (append is var (batch, appending))
        {
            try
            {
                var answers = await appending.WaitAsync(TimeLeft(batch), time).ConfigureAwait(false);
                append = NextAppend();
                Answer(batch, answers);
            }
            catch (TimeoutException)
            {
                FailAll(batch);
                await ((Task)appending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                append = NextAppend();
            }
            catch (Exception exception)
            {
                append = NextAppend();
                Fail(batch, exception);
            }
        }
    }

    private static void Answer(WaitingPublish[] batch, Published[] answers)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i].Answer = answers[i];
        }

        ThreadPoolSlices.Run(batch, static publish => publish.Complete());
    }

    private static void Fail(WaitingPublish[] batch, Exception exception) => ThreadPoolSlices.Run(batch, publish => publish.SetException(exception));

    private (WaitingPublish[] Batch, Task<Published[]> Appending)? NextAppend() => NextBatch() is { Length: > 0 } batch ? (batch, Append(batch)) : null;

    private Task<Published[]> Append(WaitingPublish[] batch)
    {
        try
        {
            return log.AppendAsync(id, Array.ConvertAll(batch, static publish => publish.Draft), CancellationToken.None).AsTask();
        }
        catch (Exception exception)
        {
            return Task.FromException<Published[]>(exception);
        }
    }

    // An empty batch ends the loop in the same step, under the lock: whoever comes next starts it again.
    private WaitingPublish[] NextBatch()
    {
        lock (_gate)
        {
            _appending = _waiting.Count > 0;
            _storeStuck = false;
            if (_appending)
            {
                var batch = new WaitingPublish[Math.Min(_waiting.Count, MaxBatch)];
                for (var i = 0; i < batch.Length; i++)
                {
                    batch[i] = _waiting.Dequeue();
                    _waitingBytes -= batch[i].Draft.Data.Length;
                }

                return batch;
            }
        }

        onIdle?.Invoke(this);
        return [];
    }

    // The first of a batch has waited longest.
    private TimeSpan TimeLeft(WaitingPublish[] batch)
    {
        var left = AppendTimeout - time.GetElapsedTime(batch[0].Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void FailAll(WaitingPublish[] batch)
    {
        WaitingPublish[] behind;
        lock (_gate)
        {
            behind = [.. _waiting];
            _waiting.Clear();
            _waitingBytes = 0;
            _storeStuck = true;
        }

        var message = $"The store has not answered for {AppendTimeout.TotalSeconds} s.";
        Fail(batch, new StoreUnavailableException(message) { OutcomeUnknown = true });
        Fail(behind, new StoreUnavailableException(message));
    }

    // Its publisher goes on right where it is answered.
    private sealed class WaitingPublish(PageId page, UpdateDraft draft, long since) : TaskCompletionSource<Published>
    {
        public Published Answer { get; set; }

        public UpdateDraft Draft => draft;

        public long Since => since;

        public void Complete()
        {
            if (Answer.IsPostsFull)
            {
                SetException(new PostsFullException(page));
            }
            else
            {
                SetResult(Answer);
            }
        }
    }
}
