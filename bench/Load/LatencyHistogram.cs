using System.Diagnostics;
using System.Numerics;

namespace LiveStreams.Bench.Load;

/// <summary>Counts durations in buckets that are 1/64 of their value wide at most, so a percentile is right within 0.8 %. Up to some 18 minutes.</summary>
internal sealed class LatencyHistogram
{
    // Below 128 ns each value has a bucket; above, each doubling has 64.
    private const int BitsPerDoubling = 6;
    private const int BucketsPerDoubling = 1 << BitsPerDoubling;
    private const int LargestPower = 40;
    private readonly long[] _counts = new long[Bucket(1L << LargestPower) + 1];

    public void Record(long stopwatchTicks)
    {
        // On Linux a tick of the stopwatch is a nanosecond.
        Debug.Assert(Stopwatch.Frequency == 1_000_000_000);
        _counts[Bucket(Math.Clamp(stopwatchTicks, 1, 1L << LargestPower))]++;
    }

    public void Clear() => Array.Clear(_counts);

    /// <summary>The duration that a share (0 to 1) of all does not exceed, in milliseconds; NaN when there is none.</summary>
    public double Percentile(double share)
    {
        var total = _counts.Sum();
        var rank = Math.Max(1, (long)Math.Ceiling(total * share));
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return Middle(bucket) / 1e6;
            }
        }

        return double.NaN;
    }

    private static int Bucket(long nanoseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - BitsPerDoubling);
        return (shift * BucketsPerDoubling) + (int)(nanoseconds >> shift);
    }

    private static double Middle(int bucket)
    {
        var shift = Math.Max(0, (bucket / BucketsPerDoubling) - 1);
        long low = bucket - (shift * BucketsPerDoubling);
        return (low << shift) + (((1L << shift) - 1) / 2.0);
    }
}
