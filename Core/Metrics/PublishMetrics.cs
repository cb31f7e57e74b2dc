using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>Updates on their way to the store.</summary>
public sealed class PublishMetrics
{
    private static readonly PublishStatus[] _results = Enum.GetValues<PublishStatus>();
    private static readonly int _appends = _results.Length;
    private static readonly int _appendTicks = _appends + 1;
    private static readonly int _appendedUpdates = _appends + 2;

    private readonly StripedCounts _counts = new(_results.Length + 3);
    private readonly Histogram<double> _grainCalls;

    internal PublishMetrics(Meter meter, string store)
    {
        var tag = new KeyValuePair<string, object?>("store", store);
        meter.CreateObservableCounter(
            "livestreams.publishes",
            () => _results.Select(result => new Measurement<long>(
                _counts.Sum((int)result), new KeyValuePair<string, object?>("result", NameOf(result)))),
            "{update}",
            "Updates that were to be published, by result.");
        _counts.Observe(
            meter,
            "livestreams.appends",
            "{append}",
            "Batches of updates of a page that the store has taken.",
            _appends,
            tag);
        _counts.ObserveTime(
            meter, "livestreams.appends.time", "The time that the store took for them.", _appendTicks, tag);
        _counts.Observe(
            meter, "livestreams.appends.updates", "{update}", "The updates in these batches.", _appendedUpdates, tag);
        _grainCalls = meter.CreateDuration(
            "livestreams.grains.call.duration", "The time that a publish takes in its page's grain, with retries.");
    }

    /// <summary>Updates published since the start.</summary>
    public long Published => _counts.Sum((int)PublishStatus.Published);

    /// <summary>Counts an update by what has become of it.</summary>
    public void Count(PublishStatus result) => _counts.Add(_counts.Place, (int)result, 1);

    /// <summary>Records a call of a grain that has replied.</summary>
    public void RecordGrainCall(TimeSpan duration) => _grainCalls.Record(duration.TotalSeconds);

    internal void RecordAppend(int updates, TimeSpan duration)
    {
        var place = _counts.Place;
        _counts.Add(place, _appends, 1);
        _counts.Add(place, _appendTicks, duration.Ticks);
        _counts.Add(place, _appendedUpdates, updates);
    }

    /// <summary>The name of a result, for the tag <c>result</c>.</summary>
    internal static string NameOf(PublishStatus result) => result switch
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
