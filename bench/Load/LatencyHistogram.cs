using System.Diagnostics;
using HdrHistogram;

namespace LiveStreams.Bench.Load;

/// <summary>
/// Counts latencies from 1 ns to 18 minutes to three significant digits: a percentile is the recorded latency or at
/// most 0.1 % more. Latencies outside the range count as its nearest end.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SignificantDigits = 3;
    private const long MaxNanoseconds = 1L << 40;
    private readonly LongHistogram _histogram = new(MaxNanoseconds, SignificantDigits);

    public void Record(long stopwatchTicks)
    {
        // On Linux a tick of the stopwatch is a nanosecond.
        Debug.Assert(Stopwatch.Frequency == 1_000_000_000);
        _histogram.RecordValue(Math.Clamp(stopwatchTicks, 1, MaxNanoseconds));
    }

    /// <summary>
    /// Returns the latency in milliseconds that a share (0 to 1) of the latencies does not exceed; NaN when there are
    /// none.
    /// </summary>
    public double Percentile(double share) =>
        _histogram.TotalCount == 0 ? double.NaN : _histogram.GetValueAtPercentile(share * 100) / 1e6;
}
