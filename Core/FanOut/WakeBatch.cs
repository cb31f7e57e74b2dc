using System.Buffers;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Subscribers taken out of their wait together. Each goes on inline, one after the other, in slices of 64, as many of them side by side as there
/// are processors. Between slices the thread pool does what else is waiting: a publish does not wait for a whole audience.
/// </summary>
internal sealed class WakeBatch(int capacity) : IThreadPoolWorkItem
{
    private const int SliceSize = 64;

    private readonly Subscriber[] _subscribers = ArrayPool<Subscriber>.Shared.Rent(capacity);
    private Action<Subscriber>? _goOn;
    private Action? _ended;
    private int _count;
    private int _slices;
    private int _slicesBegun;
    private int _slicesEnded;

    public void Add(Subscriber subscriber) => _subscribers[_count++] = subscriber;

    /// <summary>Lets them go on by <paramref name="goOn"/>; <paramref name="ended"/> is called when each has come to its next wait, for news or for its reader.</summary>
    public void Run(Action<Subscriber> goOn, Action ended)
    {
        _goOn = goOn;
        _ended = ended;
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
        var slice = Interlocked.Increment(ref _slicesBegun) - 1;
        if (slice >= _slices)
        {
            return;
        }

        var start = slice * SliceSize;
        foreach (var subscriber in _subscribers.AsSpan(start, Math.Min(SliceSize, _count - start)))
        {
            _goOn!(subscriber);
        }

        if (Interlocked.Increment(ref _slicesEnded) == _slices)
        {
            ArrayPool<Subscriber>.Shared.Return(_subscribers, clearArray: true);
            _ended!();
        }
        else if (Volatile.Read(ref _slicesBegun) < _slices)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
