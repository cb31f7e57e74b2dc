using LiveStreams.Core.Listing;
using LiveStreams.Core.Posts;

namespace LiveStreams.Core.Memory;

/// <summary>
/// The engine that stores nothing on disk: for tests and for <c>Store=memory</c>. Pages are lost when the process
/// ends. When there are more than <see cref="MaxPages"/>, the page without an update for the longest time is
/// removed.
/// </summary>
public sealed class MemoryLog(HistoryOptions history, PostOptions posts, LocalBus bus, TimeProvider time)
    : IPageLog, IPageIndex
{
    /// <summary>The most pages that it keeps.</summary>
    public const int MaxPages = 100_000;

    private readonly MemoryPages _pages = new(MaxPages);
    private readonly BirthList _births = new();

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken)
    {
        var memoryPage = _pages.GetOrAdd(page, NewPage);
        lock (memoryPage)
        {
            var results = new PublishResult[drafts.Count];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = memoryPage.Append(drafts[i], time.GetUtcNow(), out var update, out var begins);
                if (begins)
                {
                    _births.Add(page);
                }

                if (update is not null)
                {
                    bus.Announce(page, update);
                }
            }

            return ValueTask.FromResult(results);
        }
    }

    public ValueTask<HistoryBlock> ReadAsync(
        PageId page,
        UpdateId after,
        int limit,
        CancellationToken cancellationToken)
    {
        if (!_pages.TryGet(page, out var memoryPage))
        {
            return ValueTask.FromResult(new HistoryBlock(PageHead.Empty, [], PageHead.Empty.ResetFor(after)));
        }

        lock (memoryPage)
        {
            return ValueTask.FromResult(memoryPage.Read(after, limit, time.GetUtcNow()));
        }
    }

    public ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page,
        UpdateId before,
        int limit,
        CancellationToken cancellationToken)
    {
        if (!_pages.TryGet(page, out var memoryPage))
        {
            return ValueTask.FromResult(new HistoryBlock(PageHead.Empty, [], PageHead.Empty.ResetBefore(before)));
        }

        lock (memoryPage)
        {
            return ValueTask.FromResult(memoryPage.ReadBefore(before, limit, time.GetUtcNow()));
        }
    }

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        if (!_pages.TryGet(page, out var memoryPage))
        {
            return ValueTask.FromResult(PageHead.Empty);
        }

        lock (memoryPage)
        {
            return ValueTask.FromResult(memoryPage.Head(time.GetUtcNow()));
        }
    }

    public ValueTask<UpdateId> PositionAtAsync(
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken)
    {
        if (!_pages.TryGet(page, out var memoryPage))
        {
            return ValueTask.FromResult(UpdateId.None);
        }

        lock (memoryPage)
        {
            return ValueTask.FromResult(memoryPage.PositionAt(moment, time.GetUtcNow()));
        }
    }

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        if (!_pages.TryGet(page, out var memoryPage))
        {
            return ValueTask.FromResult(new PagePosts(PageHead.Empty, []));
        }

        lock (memoryPage)
        {
            return ValueTask.FromResult(new PagePosts(memoryPage.Head(time.GetUtcNow()), memoryPage.Posts));
        }
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<PageId>> ListAsync(
        NameRange range, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<PageId>>(_pages.List(range, limit));

    public ValueTask<IReadOnlyList<ListedPage>> ReadAsync(
        IReadOnlyList<PageId> pages, CancellationToken cancellationToken)
    {
        var found = new List<ListedPage>(pages.Count);
        foreach (var page in pages)
        {
            if (!_pages.TryGet(page, out var memoryPage))
            {
                continue;
            }

            lock (memoryPage)
            {
                var head = memoryPage.Head(time.GetUtcNow());
                if (memoryPage.NewestTime is { } newest)
                {
                    found.Add(new ListedPage(page, head.Head, newest, head.IsEnded));
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<ListedPage>>(found);
    }

    public ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_births.Read(cursor));

    private MemoryPage NewPage(PageId page) => new(history.For(page), posts);
}
