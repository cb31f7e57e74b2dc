using LiveStreams.Core.Posts;

namespace LiveStreams.Core.Tests.Support;

/// <summary>A log whose store a test can block, make unavailable, and empty.</summary>
internal sealed class ControlledLog(Func<IPageLog> open) : IPageLog
{
    private volatile IPageLog _log = open();
    private volatile TaskCompletionSource? _hold;
    private volatile Predicate<PageId> _heldPages = _ => true;
    private int _reads;
    private int _heads;
    private int _posts;
    private int _appends;
    private int _held;

    /// <summary>Every call fails.</summary>
    public bool IsUnavailable { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public int Heads => Volatile.Read(ref _heads);

    public int PostReads => Volatile.Read(ref _posts);

    public int Appends => Volatile.Read(ref _appends);

    /// <summary>The number of calls that wait until the store is released.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Blocks the calls for these pages, or every call, until <see cref="Release"/>.</summary>
    public void Hold(Predicate<PageId>? pages = null)
    {
        _heldPages = pages ?? (_ => true);
        _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Releases the calls that wait now. The next ones wait again.</summary>
    public void ReleaseHeld()
    {
        var hold = _hold!;
        Hold(_heldPages);
        hold.SetResult();
    }

    public void Release()
    {
        var hold = _hold!;
        _hold = null;
        hold.SetResult();
    }

    /// <summary>Behaves as if all data of the store were deleted: pages start again.</summary>
    public void Empty() => _log = open();

    public async ValueTask<PublishResult[]> AppendAsync(
        PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _appends);
        await PassAsync(page);
        return await _log.AppendAsync(page, drafts, cancellationToken);
    }

    public async ValueTask<HistoryBlock> ReadAsync(
        PageId page, UpdateId after, int limit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await PassAsync(page);
        return await _log.ReadAsync(page, after, limit, cancellationToken);
    }

    public async ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page, UpdateId before, int limit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await PassAsync(page);
        return await _log.ReadBeforeAsync(page, before, limit, cancellationToken);
    }

    public async ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _heads);
        await PassAsync(page);
        return await _log.HeadAsync(page, cancellationToken);
    }

    public async ValueTask<UpdateId> PositionAtAsync(
        PageId page, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await PassAsync(page);
        return await _log.PositionAtAsync(page, moment, cancellationToken);
    }

    public async ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _posts);
        await PassAsync(page);
        return await _log.PostsAsync(page, cancellationToken);
    }

    public async ValueTask CheckAsync(CancellationToken cancellationToken) => await PassAsync(default);

    private async Task PassAsync(PageId page)
    {
        if (_hold is { } hold && _heldPages(page))
        {
            Interlocked.Increment(ref _held);
            await hold.Task;
            Interlocked.Decrement(ref _held);
        }

        if (IsUnavailable)
        {
            throw new StoreUnavailableException("The store is unavailable.");
        }
    }
}
