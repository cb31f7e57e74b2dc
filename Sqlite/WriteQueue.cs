using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// The appends that wait for the writer. While one commit is on its way to the disk, the next gathers here.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>
    /// The most appends in the queue; the next is refused. A page has at most one, so this many pages can publish at
    /// once.
    /// </summary>
    private const int MaxRequests = 10_000;

    /// <summary>The most bytes of data in the queue.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly object _gate = new();
    private List<WriteRequest> _waiting = [];
    private List<WriteRequest> _taken = [];
    private long _bytes;
    private bool _ticked;
    private bool _closed;

    /// <exception cref="StoreUnavailableException">The queue is full or closed.</exception>
    public void Add(WriteRequest request)
    {
        lock (_gate)
        {
            if (_closed || _waiting.Count >= MaxRequests || _bytes + request.Bytes > MaxBytes)
            {
                var error = _closed ? "The store is closed." : "Too many updates are waiting to be written.";
                throw new StoreUnavailableException(error);
            }

            _waiting.Add(request);
            _bytes += request.Bytes;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Wakes the writer for maintenance.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _ticked = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Refuses new appends. Those in the queue can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes everything out of the queue; false when it is closed and empty.</summary>
    /// <param name="wait">Whether to wait until there is an append or a tick.</param>
    /// <param name="requests">The appends taken, in order; may be empty. Valid until the next call.</param>
    /// <param name="ticked">Whether <see cref="Tick"/> has been called since the last call.</param>
    public bool TryTakeAll(bool wait, out IReadOnlyList<WriteRequest> requests, out bool ticked)
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
