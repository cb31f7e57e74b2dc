using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Tests;

public sealed class LatencyHistogramTests
{
    private const double Precision = 0.001;

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.99, 0.99)]
    [InlineData(1, 1)]
    public void A_percentile_is_exact_to_three_digits(double share, double milliseconds)
    {
        var histogram = new LatencyHistogram();
        for (var microseconds = 1; microseconds <= 1_000; microseconds++)
        {
            histogram.Record(microseconds * 1_000);
        }

        Assert.InRange(histogram.Percentile(share), milliseconds, milliseconds * (1 + Precision));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_047)]
    [InlineData(2_048)]
    [InlineData(1_000_000)]
    [InlineData(123_456_789_012)]
    public void Every_percentile_of_a_single_latency_is_that_latency(long nanoseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(nanoseconds);

        var milliseconds = nanoseconds / 1e6;
        Assert.InRange(histogram.Percentile(0.01), milliseconds, milliseconds * (1 + Precision));
        Assert.Equal(histogram.Percentile(0.01), histogram.Percentile(1));
    }

    [Fact]
    public void Latencies_outside_the_range_count_as_its_ends()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);
        histogram.Record(-1);

        Assert.True(histogram.Percentile(0.5) < 0.001);
        Assert.True(histogram.Percentile(1) > 1_000_000);
    }

    [Fact]
    public void An_empty_histogram_has_no_percentiles() =>
        Assert.Equal(double.NaN, new LatencyHistogram().Percentile(0.5));
}
