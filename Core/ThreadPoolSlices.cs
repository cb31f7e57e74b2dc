namespace LiveStreams.Core;

/// <summary>
/// Many short things to do on the thread pool, eight to a work item. One work item each would cost more than what is done; one for all would let the last
/// wait for all the others.
/// </summary>
public static class ThreadPoolSlices
{
    private const int Size = 8;

    /// <summary>Queues <paramref name="action"/>, which must not throw, for every item.</summary>
    public static void Queue<T>(T[] items, Action<T> action) => QueueFrom(0, items, action);

    /// <summary>Like <see cref="Queue"/>, but does the first eight here and now.</summary>
    public static void Run<T>(T[] items, Action<T> action)
    {
        QueueFrom(Size, items, action);
        Do(items, 0, action);
    }

    private static void QueueFrom<T>(int start, T[] items, Action<T> action)
    {
        for (; start < items.Length; start += Size)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Slice<T>(items, start, action), preferLocal: false);
        }
    }

    private static void Do<T>(T[] items, int start, Action<T> action)
    {
        foreach (var item in items.AsSpan(start, Math.Min(Size, items.Length - start)))
        {
            action(item);
        }
    }

    private sealed class Slice<T>(T[] items, int start, Action<T> action) : IThreadPoolWorkItem
    {
        public void Execute() => Do(items, start, action);
    }
}
