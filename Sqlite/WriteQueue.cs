using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>What waits for the writer. While one commit is on its way to the disk, the next gathers here.</summary>
internal sealed class WriteQueue
{
    /// <summary>The most appends in line; the next is refused. Each page has at most one, so this many pages can publish at once.</summary>
    private const int MaxRequests = 10_000;

    /// <summary>The most bytes of data in line.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly object _gate = new();
    private List<WriteRequest> _waiting = [];
    private List<WriteRequest> _taken = [];
    private long _bytes;
    private bool _ticked;
    private bool _closed;

    /// <exception cref="StoreUnavailableException">The line is full, or closed.</exception>
    public void Add(WriteRequest request)
    {
        lock (_gate)
        {
            if (_closed || _waiting.Count >= MaxRequests || _bytes + request.Bytes > MaxBytes)
            {
                throw new StoreUnavailableException(_closed ? "The store is closed." : "Too many updates wait for the disk.");
            }

            _waiting.Add(request);
            _bytes += request.Bytes;
            Monitor.Pulse(_gate);
        }
    }

    public void Tick()
    {
        lock (_gate)
        {
            _ticked = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes no more; what is in line is still to be taken out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Takes out everything, which is the caller's until the next call; false when the line is closed and empty.
    /// </summary>
    /// <param name="wait">Whether to wait until there is something.</param>
    /// <param name="requests">What was in line.</param>
    /// <param name="ticked">Whether <see cref="Tick"/> was called since the last time.</param>
    public bool Take(bool wait, out IReadOnlyList<WriteRequest> requests, out bool ticked)
    {
        _taken.Clear();
        lock (_gate)
        {
            while (wait && _waiting.Count == 0 && !_ticked && !_closed)
            {
                Monitor.Wait(_gate);
            }

            (_taken, _waiting) = (_waiting, _taken);
            _bytes = 0;
            requests = _taken;
            (ticked, _ticked) = (_ticked, false);
            return requests.Count > 0 || !_closed;
        }
    }
}
