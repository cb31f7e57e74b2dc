using LiveStreams.Core;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Writes the pages that this process publishes to into the index, after their append and before it is answered: each
/// page that begins, and each that this process has not written yet. So a page gets into the index even if another
/// process has ended between the two, or is of a version without an index. A publish to a page that is known writes
/// nothing.
/// <para>
/// If the index cannot be written, for example because its node of a Redis Cluster is away, publishes do not fail: the
/// pages are written later, by this process.
/// </para>
/// </summary>
internal sealed partial class IndexWriter
{
    /// <summary>The most pages that are remembered as written. Others are written again.</summary>
    private const int MaxKnown = 100_000;

    /// <summary>
    /// The most pages that wait to be written later. Further ones are written with the next publish to them.
    /// </summary>
    private const int MaxPostponed = 100_000;

    /// <summary>The most pages in one command.</summary>
    private const int MaxWrite = 1000;

    /// <summary>How long a publish waits for the index.</summary>
    private static readonly TimeSpan _maxWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    private readonly RedisConnection _connection;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly IndexCommands _index;
    private readonly IndexSweep _sweep;
    private readonly RecentPages _known = new(MaxKnown);
    private readonly Lock _gate = new();
    private readonly Dictionary<PageId, IndexedPage> _postponed = [];
    private bool _isRetrying;

    public IndexWriter(RedisConnection connection, TimeProvider time)
    {
        (_connection, _logger, _time) = (connection, connection.Logger, time);
        _index = new IndexCommands(connection);
        _sweep = new IndexSweep(connection, time);

        // A Redis that was away may have lost what was written.
        connection.Interrupted += _known.Clear;
    }

    /// <summary>Whether this process has written the page.</summary>
    public bool Knows(PageId page) => _known.Contains(page);

    /// <summary>Writes pages, now or later. Throws nothing.</summary>
    public async Task AddAsync(IReadOnlyCollection<IndexedPage> pages)
    {
        if (pages.Count == 0 || TryPostponeBehindOthers(pages))
        {
            return;
        }

        try
        {
            await WriteAsync(pages).WaitAsync(_maxWait, _time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or StoreUnavailableException)
        {
            PostponeAndRetry(pages, exception);
        }
    }

    private async Task WriteAsync(IReadOnlyCollection<IndexedPage> pages)
    {
        var added = await _index.AddAsync(pages).ConfigureAwait(false);
        foreach (var page in pages)
        {
            _known.Add(page.Page);
        }

        _sweep.OnAdded(added);
    }

    // While some pages wait, the index is away, and publishes do not wait for it.
    private bool TryPostponeBehindOthers(IReadOnlyCollection<IndexedPage> pages)
    {
        lock (_gate)
        {
            if (_postponed.Count > 0)
            {
                Postpone(pages);
                return true;
            }

            return false;
        }
    }

    private void PostponeAndRetry(IReadOnlyCollection<IndexedPage> pages, Exception exception)
    {
        lock (_gate)
        {
            Postpone(pages);
            if (_isRetrying)
            {
                return;
            }

            _isRetrying = true;
        }

        LogAway(exception.Message);
        _ = RetryAsync();
    }

    private void Postpone(IReadOnlyCollection<IndexedPage> pages)
    {
        foreach (var page in pages)
        {
            if (_postponed.Count < MaxPostponed || _postponed.ContainsKey(page.Page))
            {
                var begins = page.Begins || _postponed.GetValueOrDefault(page.Page).Begins;
                _postponed[page.Page] = page with { Begins = begins };
            }
        }
    }

    // Runs until nothing waits, or the connection is closed.
    private async Task RetryAsync()
    {
        while (FirstPostponed() is { Length: > 0 } pages && !_connection.Closing.IsCancellationRequested)
        {
            try
            {
                await WriteAsync(pages).ConfigureAwait(false);
                if (Remove(pages))
                {
                    LogBack();
                }
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(_retryPeriod, _time, _connection.Closing)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private IndexedPage[] FirstPostponed()
    {
        lock (_gate)
        {
            _isRetrying = _postponed.Count > 0;
            return [.. _postponed.Values.Take(MaxWrite)];
        }
    }

    // Whether none waits any more. A page that began again meanwhile is written once more.
    private bool Remove(IndexedPage[] written)
    {
        lock (_gate)
        {
            foreach (var page in written)
            {
                if (_postponed[page.Page] == page)
                {
                    _postponed.Remove(page.Page);
                }
            }

            return _postponed.Count == 0;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The index of pages in Redis cannot be written, and new pages are not listed until it can: {Error}")]
    private partial void LogAway(string error);

    [LoggerMessage(LogLevel.Information, "The index of pages in Redis has been written again.")]
    private partial void LogBack();
}
