using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Lets the appends of several pages share a script call. While fewer than <see cref="MaxSharedCalls"/> calls or fewer
/// than <see cref="MinSharedAppends"/> appends are in flight, an append is sent at once. Otherwise it waits in the
/// queue, and the next call takes as many appends from the queue as its bounds allow. The bounds keep a script short,
/// because Redis does nothing else while it runs one. Where one call cannot hold the keys of several pages
/// (<see cref="RedisConnection.RequiresSingleSlot"/>), each append is sent at once, in a call of its own.
/// <code>
/// AppendAsync ──┐                           ┌─▶ result
/// AppendAsync ──┼─▶ queue ─▶ script call ───┼─▶ result
/// AppendAsync ──┘                           └─▶ result
/// </code>
/// </summary>
internal sealed class AppendQueue(RedisConnection connection, AppendSender sender)
{
    /// <summary>
    /// The most appends, queued or in flight; the next is refused. Each page has at most one, so this many pages can
    /// publish at the same time.
    /// </summary>
    public const int MaxAppends = 10_000;

    /// <summary>The most bytes of all appends, queued or in flight.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most calls in flight when they are shared: while Redis runs one, the next is prepared.</summary>
    private const int MaxSharedCalls = 2;

    /// <summary>
    /// With fewer appends than this in flight none waits: a few publishers gain nothing by sharing a call.
    /// </summary>
    private const int MinSharedAppends = 4;

    /// <summary>The most pages in a call.</summary>
    private const int MaxCallPages = 64;

    /// <summary>The most drafts in a call of several pages: as many as one page may append.</summary>
    private const int MaxCallDrafts = PageWriter.MaxBatch;

    /// <summary>The most bytes of data in a call of several pages.</summary>
    private const long MaxCallBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingAppend> _queue = new();
    private bool _requiresSingleSlot = connection.RequiresSingleSlot;
    private int _callsInFlight;
    private int _appendsInFlight;
    private long _bytes;

    // A call that is full gains nothing by waiting.
    private bool CanCall => _requiresSingleSlot
        || _callsInFlight < MaxSharedCalls
        || _appendsInFlight < MinSharedAppends
        || _queue.Count >= MaxCallPages;

    /// <exception cref="StoreUnavailableException">The queue is full.</exception>
    public Task<PublishResult[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var append = new PendingAppend(page, drafts);
        PendingAppend[] call;
        lock (_gate)
        {
            if (_queue.Count + _appendsInFlight >= MaxAppends || _bytes + append.Bytes > MaxBytes)
            {
                throw new StoreUnavailableException("Too many updates wait for Redis.");
            }

            _bytes += append.Bytes;
            _queue.Enqueue(append);
            call = TakeCall();
        }

        if (call.Length > 0)
        {
            _ = SendCallsAsync(call);
        }

        return append.Task;
    }

    // Runs until no call is left to send. It throws nothing, because every outcome goes to an append. The next call is
    // sent before the appends of the last are completed.
    private async Task SendCallsAsync(PendingAppend[] call)
    {
        var sending = sender.SendAsync(call);
        while (call.Length > 0)
        {
            await sending.ConfigureAwait(false);
            var sent = call;
            call = TakeNextCall(sent);
            sending = call.Length > 0 ? sender.SendAsync(call) : Task.CompletedTask;
            ThreadPoolSlices.Run(sent, static append => append.Complete());
        }
    }

    private PendingAppend[] TakeNextCall(PendingAppend[] sent)
    {
        // Read each time: with abortConnect=false it may become known only after the start.
        var requiresSingleSlot = connection.RequiresSingleSlot;
        lock (_gate)
        {
            _requiresSingleSlot = requiresSingleSlot;
            _callsInFlight--;
            _appendsInFlight -= sent.Length;
            _bytes -= sent.Sum(append => append.Bytes);
            return TakeCall();
        }
    }

    // Appends that stay in the queue are taken when a call ends: at least one is in flight then.
    private PendingAppend[] TakeCall()
    {
        var call = new PendingAppend[CanCall ? CountForCall() : 0];
        for (var i = 0; i < call.Length; i++)
        {
            call[i] = _queue.Dequeue();
        }

        _callsInFlight += call.Length > 0 ? 1 : 0;
        _appendsInFlight += call.Length;
        return call;
    }

    // The first append fits whatever its size.
    private int CountForCall()
    {
        var (pages, drafts, bytes) = (0, 0, 0L);
        foreach (var append in _queue)
        {
            drafts += append.Drafts.Count;
            bytes += append.Bytes;
            var isFull = _requiresSingleSlot
                || pages == MaxCallPages
                || drafts > MaxCallDrafts
                || bytes > MaxCallBytes;
            if (pages > 0 && isFull)
            {
                break;
            }

            pages++;
        }

        return pages;
    }
}
