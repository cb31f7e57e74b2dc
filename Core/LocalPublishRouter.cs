using System.Collections.Concurrent;

namespace LiveStreams.Core;

/// <summary>Pages that live in this process. A page exists while something is published to it, and puts itself away when its line is empty.</summary>
public sealed class LocalPublishRouter : IPublishRouter
{
    private readonly IPageLog _log;
    private readonly TimeProvider _time;
    private readonly Action<PageWriter> _putAway;
    private readonly ConcurrentDictionary<PageId, PageWriter> _pages = new();

    public LocalPublishRouter(IPageLog log, TimeProvider time)
    {
        _log = log;
        _time = time;
        _putAway = PutAway;
    }

    /// <summary>How many pages have a publish in line or on its way.</summary>
    public int Count => _pages.Count;

    public Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        while (true)
        {
            var writer = _pages.GetOrAdd(page, static (id, self) => new PageWriter(id, self._log, self._time, self._putAway), this);
            if (writer.TryPublish(draft, out var answer))
            {
                return answer.WaitAsync(cancellationToken);
            }

            _pages.TryRemove(KeyValuePair.Create(page, writer));
        }
    }

    private void PutAway(PageWriter writer)
    {
        if (writer.TryRetire())
        {
            _pages.TryRemove(KeyValuePair.Create(writer.Id, writer));
        }
    }
}
