namespace LiveStreams.Core;

/// <summary>
/// Runs a short action for many items on the thread pool, eight items to a work item. One work item for each would cost
/// more than the action; with one for all, the last item would wait for all the others.
/// </summary>
public static class ThreadPoolSlices
{
    private const int SliceSize = 8;

    /// <summary>Queues <paramref name="action"/>, which must not throw, for every item.</summary>
    public static void Queue<T>(T[] items, Action<T> action) => QueueFrom(0, items, action);

    /// <summary>
    /// Like <see cref="Queue"/>, but runs the action for the first eight items on this thread, before it returns.
    /// </summary>
    public static void Run<T>(T[] items, Action<T> action)
    {
        QueueFrom(SliceSize, items, action);
        RunSlice(items, 0, action);
    }

    private static void QueueFrom<T>(int start, T[] items, Action<T> action)
    {
        for (; start < items.Length; start += SliceSize)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Slice<T>(items, start, action), preferLocal: false);
        }
    }

    private static void RunSlice<T>(T[] items, int start, Action<T> action)
    {
        foreach (var item in items.AsSpan(start, Math.Min(SliceSize, items.Length - start)))
        {
            action(item);
        }
    }

    private sealed class Slice<T>(T[] items, int start, Action<T> action) : IThreadPoolWorkItem
    {
        public void Execute() => RunSlice(items, start, action);
    }
}
