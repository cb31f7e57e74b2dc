using System.Collections.Concurrent;

namespace LiveStreams.Core;

/// <summary>Pages that live in this process. A page exists while something is published to it, and puts itself away when its line is empty.</summary>
public sealed class LocalPages(IPageLog log, TimeProvider time) : IPages
{
    private readonly ConcurrentDictionary<PageId, Page> _pages = new();

    /// <summary>How many pages have a publish in line or on its way.</summary>
    public int Count => _pages.Count;

    public async Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lane = _pages.GetOrAdd(page, static (id, self) => self.NewPage(id), this);
            if (lane.TryPublish(draft, out var answer))
            {
                return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            _pages.TryRemove(KeyValuePair.Create(page, lane));
        }
    }

    private Page NewPage(PageId id) => new(id, log, time, lane =>
    {
        if (lane.TryRetire())
        {
            _pages.TryRemove(KeyValuePair.Create(id, lane));
        }
    });
}
