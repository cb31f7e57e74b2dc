using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Lets appends of several pages share a script call. An append goes out at once while fewer than <see cref="MaxCalls"/> calls, or <see cref="MinCalled"/> appends, are on their way; otherwise it
/// waits, and the next call takes what is in line, as far as its bounds go. These keep a script short, because Redis does nothing else while it runs one. Where keys of
/// several pages cannot be in one call (<see cref="RedisConnection.HasSlots"/>), each append goes out at once and alone.
/// <code>
/// AppendAsync ──┐                          ┌─▶ answer each
/// AppendAsync ──┼─▶ line ─▶ script call ───┼─▶ answer each
/// AppendAsync ──┘                          └─▶ answer each
/// </code>
/// </summary>
internal sealed class AppendQueue(RedisConnection connection, AppendCalls calls)
{
    /// <summary>The most appends that have no answer yet; the next is refused. Each page has at most one, so this many pages can publish at once.</summary>
    public const int MaxAppends = 10_000;

    /// <summary>The most bytes of data that have no answer yet.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most calls on their way when they are shared: while Redis works on one, the next is made ready.</summary>
    private const int MaxCalls = 2;

    /// <summary>With fewer appends than this on their way none waits: a few publishers gain nothing by sharing.</summary>
    private const int MinCalled = 4;

    /// <summary>The most pages in a call.</summary>
    private const int MaxCallPages = 64;

    /// <summary>The most drafts in a call of several pages: no more than one page may have.</summary>
    private const int MaxCallDrafts = PageWriter.MaxBatch;

    /// <summary>The most bytes of data in a call of several pages.</summary>
    private const long MaxCallBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PageAppend> _waiting = new();
    private bool _isAlone = connection.HasSlots;
    private int _calls;
    private int _called;
    private long _bytes;

    // A full call gains nothing by waiting.
    private bool MayCall => _isAlone || _calls < MaxCalls || _called < MinCalled || _waiting.Count >= MaxCallPages;

    /// <exception cref="StoreUnavailableException">The line is full.</exception>
    public Task<PublishResult[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var append = new PageAppend(page, drafts);
        PageAppend[] appends;
        lock (_gate)
        {
            if (_waiting.Count + _called >= MaxAppends || _bytes + append.Bytes > MaxBytes)
            {
                throw new StoreUnavailableException("Too many updates wait for Redis.");
            }

            _bytes += append.Bytes;
            _waiting.Enqueue(append);
            appends = Take();
        }

        if (appends.Length > 0)
        {
            _ = CallAsync(appends);
        }

        return append.Task;
    }

    // Runs while there is something in line; every outcome goes to the appends, so nothing is thrown here. The next call is on its way before the last is
    // answered.
    private async Task CallAsync(PageAppend[] appends)
    {
        var calling = calls.RunAsync(appends);
        while (appends.Length > 0)
        {
            await calling.ConfigureAwait(false);
            var answered = appends;
            appends = Next(answered);
            calling = appends.Length > 0 ? calls.RunAsync(appends) : Task.CompletedTask;
            ThreadPoolSlices.Run(answered, static append => append.Complete());
        }
    }

    private PageAppend[] Next(PageAppend[] answered)
    {
        // Asked each time: with abortConnect=false it is known only later.
        var isAlone = connection.HasSlots;
        lock (_gate)
        {
            _isAlone = isAlone;
            _calls--;
            _called -= answered.Length;
            _bytes -= answered.Sum(append => append.Bytes);
            return Take();
        }
    }

    // What is left in line is taken when the next call is answered: there is one on its way then.
    private PageAppend[] Take()
    {
        var appends = new PageAppend[MayCall ? CountNext() : 0];
        for (var i = 0; i < appends.Length; i++)
        {
            appends[i] = _waiting.Dequeue();
        }

        _calls += appends.Length > 0 ? 1 : 0;
        _called += appends.Length;
        return appends;
    }

    // The first goes whatever its size.
    private int CountNext()
    {
        var (pages, drafts, bytes) = (0, 0, 0L);
        foreach (var append in _waiting)
        {
            drafts += append.Drafts.Count;
            bytes += append.Bytes;
            if (pages > 0 && (_isAlone || pages == MaxCallPages || drafts > MaxCallDrafts || bytes > MaxCallBytes))
            {
                break;
            }

            pages++;
        }

        return pages;
    }
}
