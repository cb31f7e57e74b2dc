using System.Buffers;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Subscribers whose waits were claimed together. They run one after another in slices of 64, and as many slices run
/// in parallel as there are processors. Between slices, the thread pool runs other work items, so a publish does not
/// wait for all subscribers of a page.
/// </summary>
internal sealed class WakeBatch(int capacity) : IThreadPoolWorkItem
{
    private const int SliceSize = 64;

    private readonly Subscriber[] _subscribers = ArrayPool<Subscriber>.Shared.Rent(capacity);
    private Action<Subscriber>? _wake;
    private Action? _onCompleted;
    private int _count;
    private int _slices;
    private int _slicesStarted;
    private int _slicesCompleted;

    public void Add(Subscriber subscriber) => _subscribers[_count++] = subscriber;

    /// <summary>
    /// Calls <paramref name="wake"/> for each subscriber, and <paramref name="onCompleted"/> after the last call
    /// has returned, when each subscriber waits again: for work, or for its reader.
    /// </summary>
    public void Run(Action<Subscriber> wake, Action onCompleted)
    {
        _wake = wake;
        _onCompleted = onCompleted;
        _slices = (_count + SliceSize - 1) / SliceSize;
        for (var runner = 1; runner < Math.Min(_slices, Environment.ProcessorCount); runner++)
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
        foreach (var subscriber in _subscribers.AsSpan(start, Math.Min(SliceSize, _count - start)))
        {
            _wake!(subscriber);
        }

        if (Interlocked.Increment(ref _slicesCompleted) == _slices)
        {
            ArrayPool<Subscriber>.Shared.Return(_subscribers, clearArray: true);
            _onCompleted!();
        }
        else if (Volatile.Read(ref _slicesStarted) < _slices)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
