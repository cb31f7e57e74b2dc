using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>What the instruments of LiveStreams have in common.</summary>
internal static class Instruments
{
    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    };

    /// <summary>A histogram of durations from 0.1 ms to 2.5 s.</summary>
    public static Histogram<double> CreateDuration(this Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "s", description, advice: _seconds);

    /// <summary>A number that is read when somebody looks, and is missing while nobody can tell it.</summary>
    public static void Observe(
        this Meter meter, string name, string unit, string description, Func<Func<long>?> source) =>
        meter.CreateObservableUpDownCounter(name, () => Read(source()), unit, description);

    private static IEnumerable<Measurement<long>> Read(Func<long>? source) => source is null ? [] : [new(source())];
}
