using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>Reads the block of history that a request asks for.</summary>
internal sealed class HistoryBlockReader(IPageLog log, TimeProvider time)
{
    /// <summary>
    /// Reads a block. If the request names no position, it begins with the oldest kept update, or with the first one
    /// since its time.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<HistoryBlock> ReadAsync(
        PageId page, HistoryQuery query, CancellationToken cancellationToken)
    {
        if (query.Before is { } before)
        {
            return await log.ReadBeforeAsync(page, before, query.Limit, cancellationToken);
        }

        var after = query.After ?? await FindStartAsync(page, query, cancellationToken);
        var block = await log.ReadAsync(page, after, query.Limit, cancellationToken);
        while (query.After is null && block.Reset is { } reset)
        {
            // The page has changed since the start was found.
            block = await log.ReadAsync(page, reset.From, query.Limit, cancellationToken);
        }

        return block;
    }

    private ValueTask<UpdateId> FindStartAsync(PageId page, HistoryQuery query, CancellationToken cancellationToken) =>
        query.Since is null
            ? ValueTask.FromResult(UpdateId.None)
            : log.PositionAtAsync(page, SinceTime.Parse(query.Since, time.GetUtcNow()), cancellationToken);
}
