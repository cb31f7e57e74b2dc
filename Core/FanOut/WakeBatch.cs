using System.Buffers;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Subscribers taken out of their wait together. Each goes on inline, one after the other, in slices that the thread pool runs side
/// by side: one work item serves up to 256 streams, and other work gets its turn between slices.
/// </summary>
internal sealed class WakeBatch(int capacity)
{
    private const int SliceSize = 256;

    private readonly Subscriber[] _subscribers = ArrayPool<Subscriber>.Shared.Rent(capacity);
    private int _count;
    private int _slicesLeft;
    private Action? _ended;

    public void Add(Subscriber subscriber) => _subscribers[_count++] = subscriber;

    /// <summary>Lets them go on; <paramref name="ended"/> is called when each has come to its next wait, for news or for its reader.</summary>
    public void Run(Action ended)
    {
        _ended = ended;
        _slicesLeft = (_count + SliceSize - 1) / SliceSize;
        for (var start = SliceSize; start < _count; start += SliceSize)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Slice(this, start), preferLocal: false);
        }

        RunSlice(0);
    }

    private void RunSlice(int start)
    {
        foreach (var subscriber in _subscribers.AsSpan(start, Math.Min(SliceSize, _count - start)))
        {
            subscriber.Resume();
        }

        if (Interlocked.Decrement(ref _slicesLeft) == 0)
        {
            ArrayPool<Subscriber>.Shared.Return(_subscribers, clearArray: true);
            _ended!();
        }
    }

    private sealed class Slice(WakeBatch batch, int start) : IThreadPoolWorkItem
    {
        public void Execute() => batch.RunSlice(start);
    }
}
