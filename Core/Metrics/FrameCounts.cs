namespace LiveStreams.Core.Metrics;

/// <summary>
/// Counts the frames that are written to streams. Each processor has a place of its own to count at, so that threads do
/// not wait for each other; the sums are made when somebody reads them.
/// </summary>
public sealed class FrameCounts
{
    /// <summary>Two numbers in a cache line of 64 bytes, and the next line, which processors fetch with it.</summary>
    private const int Stride = 16;

    private readonly long[] _counts = new long[Environment.ProcessorCount * Stride];

    /// <summary>The number of frames.</summary>
    public long Frames => Sum(0);

    /// <summary>Their bytes.</summary>
    public long Bytes => Sum(1);

    internal void Add(int frames, int bytes)
    {
        if (frames == 0)
        {
            return;
        }

        var place = Thread.GetCurrentProcessorId() % Environment.ProcessorCount * Stride;
        Interlocked.Add(ref _counts[place], frames);
        Interlocked.Add(ref _counts[place + 1], bytes);
    }

    private long Sum(int offset)
    {
        var sum = 0L;
        for (var place = offset; place < _counts.Length; place += Stride)
        {
            sum += Volatile.Read(ref _counts[place]);
        }

        return sum;
    }
}
