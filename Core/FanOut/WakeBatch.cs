using System.Buffers;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Cursors whose subscribers' waits were claimed together. They run one after another in slices of 64, and slices run
/// in parallel on half of the processors. Between slices, the thread pool runs other work items, so a publish does not
/// wait for all subscribers of a page.
/// </summary>
internal sealed class WakeBatch(int capacity) : IThreadPoolWorkItem
{
    private const int SliceSize = 64;

    /// <summary>
    /// The other half takes publishes and the kernel's work for the network meanwhile, and more updates go out with one
    /// send. On 2 processors that is a sixth to a half less CPU for an event than with 2 (docs/benchmarks.md).
    /// </summary>
    private static readonly int _maxRunners = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly PageCursor[] _cursors = ArrayPool<PageCursor>.Shared.Rent(capacity);
    private Action<PageCursor>? _wake;
    private Action? _onCompleted;
    private int _count;
    private int _slices;
    private int _slicesStarted;
    private int _slicesCompleted;

    public void Add(PageCursor cursor) => _cursors[_count++] = cursor;

    /// <summary>
    /// Calls <paramref name="wake"/> for each cursor, and <paramref name="onCompleted"/> after the last call
    /// has returned, when each subscriber waits again: for work, or for its reader.
    /// </summary>
    public void Run(Action<PageCursor> wake, Action onCompleted)
    {
        _wake = wake;
        _onCompleted = onCompleted;
        _slices = (_count + SliceSize - 1) / SliceSize;
        for (var runner = 1; runner < Math.Min(_slices, _maxRunners); runner++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        RunSlice();
    }

    void IThreadPoolWorkItem.Execute() => RunSlice();

    private void RunSlice()
    {
        var slice = Interlocked.Increment(ref _slicesStarted) - 1;
        if (slice >= _slices)
        {
            return;
        }

        var start = slice * SliceSize;
        foreach (var cursor in _cursors.AsSpan(start, Math.Min(SliceSize, _count - start)))
        {
            _wake!(cursor);
        }

        if (Interlocked.Increment(ref _slicesCompleted) == _slices)
        {
            ArrayPool<PageCursor>.Shared.Return(_cursors, clearArray: true);
            _onCompleted!();
        }
        else if (Volatile.Read(ref _slicesStarted) < _slices)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
