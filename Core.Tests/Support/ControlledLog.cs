using LiveStreams.Core.Posts;

namespace LiveStreams.Core.Tests.Support;

/// <summary>A log whose store a test can hold, take away, and empty.</summary>
internal sealed class ControlledLog(Func<IPageLog> open) : IPageLog
{
    private volatile IPageLog _log = open();
    private volatile TaskCompletionSource? _hold;
    private int _reads;
    private int _heads;
    private int _posts;
    private int _appends;
    private int _held;

    public bool Away { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public int Heads => Volatile.Read(ref _heads);

    public int PostReads => Volatile.Read(ref _posts);

    public int Appends => Volatile.Read(ref _appends);

    /// <summary>Calls that wait at the gate.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Lets nothing through until <see cref="Release"/>.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets those through that wait now; whoever comes next waits.</summary>
    public void ReleaseHeld()
    {
        var hold = _hold!;
        Hold();
        hold.SetResult();
    }

    public void Release()
    {
        var hold = _hold!;
        _hold = null;
        hold.SetResult();
    }

    /// <summary>As if the store's data had been deleted: pages begin anew.</summary>
    public void Empty() => _log = open();

    public async ValueTask<PublishResult[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _appends);
        await PassAsync();
        return await _log.AppendAsync(page, drafts, cancellationToken);
    }

    public async ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await PassAsync();
        return await _log.ReadAsync(page, after, limit, cancellationToken);
    }

    public async ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _heads);
        await PassAsync();
        return await _log.HeadAsync(page, cancellationToken);
    }

    public async ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _posts);
        await PassAsync();
        return await _log.PostsAsync(page, cancellationToken);
    }

    public async ValueTask CheckAsync(CancellationToken cancellationToken) => await PassAsync();

    private async Task PassAsync()
    {
        if (_hold is { } hold)
        {
            Interlocked.Increment(ref _held);
            await hold.Task;
            Interlocked.Decrement(ref _held);
        }

        if (Away)
        {
            throw new StoreUnavailableException("The store is away.");
        }
    }
}
