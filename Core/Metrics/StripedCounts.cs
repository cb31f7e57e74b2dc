using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>
/// Numbers that only grow, and are added to for each publish or each wake of an audience. Each processor has a place of
/// its own to add at, so that threads do not wait for each other; the sums are made when somebody reads them. While
/// publishing, .NET's instruments with a reader cost a third more of the processor here: their histograms have a lock
/// (docs/benchmarks.md).
/// </summary>
/// <param name="count">How many numbers.</param>
internal sealed class StripedCounts(int count)
{
    /// <summary>A cache line of 64 bytes, and the next, which processors fetch with it.</summary>
    private const int Line = 16;

    private readonly int _stride = (count + Line - 1) / Line * Line;
    private readonly long[] _counts = new long[Environment.ProcessorCount * ((count + Line - 1) / Line * Line)];

    /// <summary>The place of the processor that runs this thread, for <see cref="Add"/>.</summary>
    public int Place => Thread.GetCurrentProcessorId() % Environment.ProcessorCount * _stride;

    public void Add(int place, int index, long value) => Interlocked.Add(ref _counts[place + index], value);

    public long Sum(int index)
    {
        var sum = 0L;
        for (var i = index; i < _counts.Length; i += _stride)
        {
            sum += Volatile.Read(ref _counts[i]);
        }

        return sum;
    }

    /// <summary>Declares the counter of one number.</summary>
    public void Observe(
        Meter meter,
        string name,
        string unit,
        string description,
        int index,
        params KeyValuePair<string, object?>[] tags) =>
        meter.CreateObservableCounter(name, () => new Measurement<long>(Sum(index), tags), unit, description);

    /// <summary>Declares the counter of one number of <see cref="TimeSpan.Ticks"/>, in seconds.</summary>
    public void ObserveTime(
        Meter meter, string name, string description, int index, params KeyValuePair<string, object?>[] tags) =>
        meter.CreateObservableCounter(
            name, () => new Measurement<double>(new TimeSpan(Sum(index)).TotalSeconds, tags), "s", description);
}
