using LiveStreams.Core;
using LiveStreams.Core.Listing;

namespace LiveStreams.Redis;

/// <summary>
/// Removes expired pages from the index also when nobody lists pages: for each page that is added, two others are
/// looked at, in turn. So the index never has many more names than there are pages.
/// </summary>
internal sealed class IndexSweep(RedisConnection connection, TimeProvider time)
{
    private const int LooksPerPage = 2;

    private readonly RedisIndex _index = new(connection, time);
    private readonly Lock _gate = new();
    private NameRange _rest = NameRange.All;
    private long _due;
    private bool _isRunning;

    /// <summary>Called with the number of pages that were added. Looks at others in the background.</summary>
    public void OnAdded(long count)
    {
        lock (_gate)
        {
            _due += LooksPerPage * count;
            if (_due == 0 || _isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        for (var looks = NextLooks(); looks > 0; looks = NextLooks())
        {
            try
            {
                var pages = await _index.ListAsync(_rest, looks, connection.Closing).ConfigureAwait(false);
                await _index.ReadAsync(pages, connection.Closing).ConfigureAwait(false);
                _rest = pages.Count < looks ? NameRange.All : NameRange.After(pages[^1]);
            }
            catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
            {
                // These looks are left out. The next page that is added continues here.
            }
        }
    }

    private int NextLooks()
    {
        lock (_gate)
        {
            var looks = (int)Math.Min(_due, IPageIndex.MaxPages);
            _due -= looks;
            _isRunning = looks > 0;
            return looks;
        }
    }
}
