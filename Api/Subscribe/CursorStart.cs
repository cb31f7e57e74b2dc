using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Starts one page of a stream of several.</summary>
internal static class CursorStart
{
    private const int MaxReads = 16;

    /// <summary>Starts pages that have to be read, some of them at the same time.</summary>
    public static Task ForEachAsync(IEnumerable<PageCursor> pages, Func<PageCursor, ValueTask> start) =>
        Parallel.ForEachAsync(
            pages, new ParallelOptions { MaxDegreeOfParallelism = MaxReads }, (page, _) => start(page));

    /// <summary>A position that the client holds.</summary>
    public static StartPosition Resume(UpdateId position, StartQuery query) =>
        new(position, HistoryRequested: true, query.WantsSnapshots);

    /// <summary>Starts after a position that the client holds, or with a reset.</summary>
    /// <param name="page">The page.</param>
    /// <param name="head">What it keeps.</param>
    /// <param name="position">The position.</param>
    /// <param name="reset">Why it cannot be served exactly, or null.</param>
    /// <param name="query">Whether the page continues with a snapshot after a reset.</param>
    public static void AfterPosition(
        PageCursor page, PageHead head, UpdateId position, PageReset? reset, StartQuery query)
    {
        if (head.IsEnded)
        {
            // Nothing is left but the end, which comes after any other position.
            var known = position == head.Head ? position : UpdateId.None;
            page.Start(new StartPosition(known, HistoryRequested: false, query.WantsSnapshots));
        }
        else if (reset is not { } lost)
        {
            page.Start(Resume(position, query));
        }
        else if (query.WantsSnapshots)
        {
            page.StartWithSnapshot(lost);
        }
        else
        {
            page.Start(new StartPosition(lost.From, HistoryRequested: true), lost);
        }
    }
}
