using LiveStreams.Bench.Load;
using LiveStreams.Bench.Report;

namespace LiveStreams.Bench.Tests;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.99, 0.99)]
    [InlineData(1, 1)]
    public void A_percentile_is_right_within_a_hundredth(double share, double milliseconds)
    {
        var histogram = new LatencyHistogram();
        for (var microseconds = 1; microseconds <= 1_000; microseconds++)
        {
            histogram.Record(microseconds * 1_000);
        }

        Assert.InRange(histogram.Percentile(share), milliseconds * 0.99, milliseconds * 1.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000_000)]
    [InlineData(123_456_789_012)]
    public void One_duration_is_every_percentile(long nanoseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(nanoseconds);

        Assert.InRange(histogram.Percentile(0.01) * 1e6, nanoseconds * 0.99, nanoseconds * 1.01);
        Assert.Equal(histogram.Percentile(0.01), histogram.Percentile(1));
    }

    [Fact]
    public void What_is_beyond_all_bounds_counts_at_the_bound()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);
        histogram.Record(-1);

        Assert.True(histogram.Percentile(0.5) < 0.001);
        Assert.True(histogram.Percentile(1) > 1_000_000);
    }

    [Fact]
    public void No_duration_has_no_percentile() => Assert.Equal(double.NaN, new LatencyHistogram().Percentile(0.5));

    [Fact]
    public void The_median_is_the_middle_of_the_rounds()
    {
        Assert.Equal(2, Number.Median([3, 1, 2]));
        Assert.Equal(2.5, Number.Median([4, 1, 2, 3]));
        Assert.Equal(7, Number.Median([7]));
    }
}
