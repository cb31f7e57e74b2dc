using LiveStreams.Core.Posts;

namespace LiveStreams.Core.Memory;

/// <summary>
/// The engine that keeps nothing: for tests and for <c>Store=memory</c>. History ends with the process, and that of the page silent for longest when there are more than
/// <see cref="MaxPages"/>.
/// </summary>
public sealed class MemoryLog(HistoryOptions history, PostOptions posts, LocalBus bus, TimeProvider time) : IPageLog
{
    /// <summary>The most pages that are kept.</summary>
    public const int MaxPages = 100_000;

    private readonly MemoryPages _pages = new(MaxPages);

    public ValueTask<PublishResult[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken)
    {
        var kept = _pages.Touch(page, NewPage);
        lock (kept)
        {
            var answers = new PublishResult[drafts.Count];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = kept.Append(drafts[i], time.GetUtcNow(), out var update);
                if (update is not null)
                {
                    bus.Announce(page, update);
                }
            }

            return ValueTask.FromResult(answers);
        }
    }

    public ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken)
    {
        if (!_pages.TryFind(page, out var kept))
        {
            return ValueTask.FromResult(new HistoryBlock(PageHead.Empty, [], PageHead.Empty.ResetFor(after)));
        }

        lock (kept)
        {
            return ValueTask.FromResult(kept.Read(after, limit, time.GetUtcNow()));
        }
    }

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        if (!_pages.TryFind(page, out var kept))
        {
            return ValueTask.FromResult(PageHead.Empty);
        }

        lock (kept)
        {
            return ValueTask.FromResult(kept.Head(time.GetUtcNow()));
        }
    }

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        if (!_pages.TryFind(page, out var kept))
        {
            return ValueTask.FromResult(new PagePosts(PageHead.Empty, []));
        }

        lock (kept)
        {
            return ValueTask.FromResult(new PagePosts(kept.Head(time.GetUtcNow()), kept.Posts));
        }
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private MemoryPage NewPage(PageId page) => new(history.For(page), posts);
}
