using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Grains.Tests.Support;

/// <summary>A log that counts its appends.</summary>
public sealed class CountingLog(IPageLog log) : IPageLog
{
    private int _appends;

    public int Appends => Volatile.Read(ref _appends);

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _appends);
        return log.AppendAsync(page, drafts, cancellationToken);
    }

    public ValueTask<HistoryBlock> ReadAsync(
        PageId page, UpdateId after, int limit, CancellationToken cancellationToken) =>
        log.ReadAsync(page, after, limit, cancellationToken);

    public ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page, UpdateId before, int limit, CancellationToken cancellationToken) =>
        log.ReadBeforeAsync(page, before, limit, cancellationToken);

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken) =>
        log.HeadAsync(page, cancellationToken);

    public ValueTask<UpdateId> PositionAtAsync(
        PageId page, DateTimeOffset moment, CancellationToken cancellationToken) =>
        log.PositionAtAsync(page, moment, cancellationToken);

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken) =>
        log.PostsAsync(page, cancellationToken);

    public ValueTask CheckAsync(CancellationToken cancellationToken) => log.CheckAsync(cancellationToken);
}
