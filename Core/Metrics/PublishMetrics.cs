using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>Updates on their way to the store.</summary>
public sealed class PublishMetrics
{
    private static readonly InstrumentAdvice<long> _batchSizes = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500],
    };

    private readonly KeyValuePair<string, object?> _store;
    private readonly Counter<long> _publishes;
    private readonly Histogram<double> _appends;
    private readonly Histogram<long> _batches;
    private readonly Histogram<double> _grainCalls;

    internal PublishMetrics(Meter meter, string store)
    {
        _store = new("store", store);
        _publishes = meter.CreateCounter<long>(
            "livestreams.publishes", "{update}", "Updates that were to be published, by result.");
        _appends = meter.CreateDuration(
            "livestreams.append.duration", "The time that the store takes for a batch of updates of a page.");
        _batches = meter.CreateHistogram(
            "livestreams.append.updates", "{update}", "The updates in such a batch.", advice: _batchSizes);
        _grainCalls = meter.CreateDuration(
            "livestreams.grains.call.duration", "The time that a publish takes in its page's grain, with retries.");
    }

    /// <summary>Counts an update by what has become of it.</summary>
    public void Count(PublishStatus result) =>
        _publishes.Add(1, new KeyValuePair<string, object?>("result", NameOf(result)));

    /// <summary>Records a call of a grain that has replied.</summary>
    public void RecordGrainCall(TimeSpan duration) => _grainCalls.Record(duration.TotalSeconds);

    internal void RecordAppend(int updates, TimeSpan duration)
    {
        _appends.Record(duration.TotalSeconds, _store);
        _batches.Record(updates, _store);
    }

    private static string NameOf(PublishStatus result) => result switch
    {
        PublishStatus.Published => "published",
        PublishStatus.Repeated => "repeated",
        PublishStatus.KeyReused => "key-reused",
        PublishStatus.PostsFull => "posts-full",
        PublishStatus.PageBusy => "page-busy",
        PublishStatus.Invalid => "invalid",
        PublishStatus.StoreUnavailable => "store-unavailable",
        _ => "unknown",
    };
}
