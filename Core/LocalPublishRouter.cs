using System.Collections.Concurrent;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Core;

/// <summary>
/// Publishes in this process. A page has a <see cref="PageWriter"/> only while publishes to it are waiting or in
/// progress.
/// </summary>
public sealed class LocalPublishRouter : IPublishRouter
{
    private readonly IPageLog _log;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Action<PageWriter> _removeIdle;
    private readonly ConcurrentDictionary<PageId, PageWriter> _writers = new();

    public LocalPublishRouter(IPageLog log, ServerMetrics metrics, TimeProvider time)
    {
        _log = log;
        _metrics = metrics;
        _time = time;
        _removeIdle = RemoveIdle;
    }

    /// <summary>How many pages have a publish waiting or in progress.</summary>
    public int Count => _writers.Count;

    public Task<PublishResult> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        while (true)
        {
            var writer = _writers.GetOrAdd(
                page,
                static (id, self) => new PageWriter(id, self._log, self._metrics, self._time, self._removeIdle),
                this);
            if (writer.TryPublish(draft) is { } result)
            {
                return result.WaitAsync(cancellationToken);
            }

            _writers.TryRemove(KeyValuePair.Create(page, writer));
        }
    }

    private void RemoveIdle(PageWriter writer)
    {
        if (writer.TryRetire())
        {
            _writers.TryRemove(KeyValuePair.Create(writer.Id, writer));
        }
    }
}
