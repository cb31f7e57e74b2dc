using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Lets appends of several pages share a script call. An append goes out at once while fewer than <see cref="MaxCalls"/> are on their way; otherwise it
/// waits, and the next call takes what is in line, as far as its bounds go. These keep a script short, because Redis does nothing else while it runs one. Where keys of
/// several pages cannot be in one call (<see cref="RedisConnection.HasSlots"/>), each append goes out at once and alone.
/// <code>
/// AppendAsync ──┐                          ┌─▶ answer each
/// AppendAsync ──┼─▶ line ─▶ script call ───┼─▶ answer each
/// AppendAsync ──┘                          └─▶ answer each
/// </code>
/// </summary>
internal sealed class AppendLine(RedisConnection connection, AppendCalls calls)
{
    /// <summary>The most appends that have no answer yet; the next is refused. Each page has at most one, so this many pages can publish at once.</summary>
    public const int MaxAppends = 10_000;

    /// <summary>The most bytes of data that have no answer yet.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most calls on their way: while Redis works on one, the next is made ready.</summary>
    private const int MaxCalls = 2;

    /// <summary>The most pages in a call.</summary>
    private const int MaxCallPages = 64;

    /// <summary>The most drafts in a call of several pages: no more than one page may have.</summary>
    private const int MaxCallDrafts = Page.MaxBatch;

    /// <summary>The most bytes of data in a call of several pages.</summary>
    private const long MaxCallBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PageAppend> _waiting = new();
    private bool _isAlone;
    private int _calls;
    private int _unanswered;
    private long _unansweredBytes;

    /// <exception cref="StoreUnavailableException">The line is full.</exception>
    public Task<Published[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        var append = new PageAppend(page, drafts);
        lock (_gate)
        {
            if (_unanswered == MaxAppends || _unansweredBytes + append.Bytes > MaxBytes)
            {
                throw new StoreUnavailableException("Too many updates wait for Redis.");
            }

            _unanswered++;
            _unansweredBytes += append.Bytes;
            _waiting.Enqueue(append);
            if (_calls >= MaxCalls && !_isAlone)
            {
                return append.Task;
            }

            _calls++;
        }

        _ = CallAsync();
        return append.Task;
    }

    // Runs while there is something in line; every outcome goes to the appends, so nothing is thrown here. The next call is on its way before the last is
    // answered.
    private async Task CallAsync()
    {
        var call = NextCall(answered: []);
        while (call is var (appends, calling))
        {
            await calling.ConfigureAwait(false);
            call = NextCall(answered: appends);
            Slices.Run(appends, static append => append.Complete());
        }
    }

    private (PageAppend[] Appends, Task Calling)? NextCall(PageAppend[] answered) => Take(answered) is { Length: > 0 } appends ? (appends, calls.RunAsync(appends)) : null;

    // Finding nothing in line ends the loop in the same step, under the lock: whoever comes next starts another.
    private PageAppend[] Take(PageAppend[] answered)
    {
        // Asked each time: with abortConnect=false it is known only later.
        var isAlone = connection.HasSlots;
        lock (_gate)
        {
            _isAlone = isAlone;
            _unanswered -= answered.Length;
            foreach (var append in answered)
            {
                _unansweredBytes -= append.Bytes;
            }

            var appends = new PageAppend[CountNext()];
            for (var i = 0; i < appends.Length; i++)
            {
                appends[i] = _waiting.Dequeue();
            }

            if (appends.Length == 0)
            {
                _calls--;
            }

            return appends;
        }
    }

    // The first goes whatever its size.
    private int CountNext()
    {
        var (pages, drafts, bytes) = (0, 0, 0L);
        foreach (var append in _waiting)
        {
            drafts += append.Drafts.Count;
            bytes += append.Bytes;
            if (pages > 0 && (pages == MaxCallPages || drafts > MaxCallDrafts || bytes > MaxCallBytes || connection.HasSlots))
            {
                break;
            }

            pages++;
        }

        return pages;
    }
}
