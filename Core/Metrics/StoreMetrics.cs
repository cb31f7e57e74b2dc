using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>The store, and what connects the processes.</summary>
public sealed class StoreMetrics
{
    private readonly Histogram<double> _redisCalls;
    private readonly Histogram<double> _folds;
    private readonly Counter<long> _dropped;

    internal StoreMetrics(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "livestreams.store.available",
            ReadAvailable,
            "{store}",
            "1 while the store accepts updates, else 0.");
        meter.Observe(
            "livestreams.redis.connected", "{connection}", "1 while Redis is connected, else 0.", () => RedisConnected);
        _redisCalls = meter.CreateDuration("livestreams.redis.call.duration", "The time that Redis takes for a call.");
        _dropped = meter.CreateCounter<long>(
            "livestreams.foreign.dropped", "{message}", "Messages of other programs that were not streamed.");
        meter.Observe(
            "livestreams.presence.nodes",
            "{node}",
            "Other nodes whose event streams are counted.",
            () => OtherNodes);
        meter.Observe(
            "livestreams.presence.pages",
            "{page}",
            "Pages that have event streams on other nodes.",
            () => PagesElsewhere);
        meter.Observe(
            "livestreams.journal.size",
            "By",
            "Updates in SQLite's journal, not yet in the tables.",
            () => JournalBytes);
        _folds = meter.CreateDuration(
            "livestreams.journal.fold.duration", "The time of one step that moves them to the tables.");
    }

    /// <summary>Whether the store accepts updates; null while that is not known.</summary>
    public Func<bool?>? Available { private get; set; }

    /// <summary>1 while Redis is connected, else 0; null without Redis.</summary>
    public Func<long>? RedisConnected { private get; set; }

    /// <summary>Null without Redis.</summary>
    public Func<long>? OtherNodes { get; set; }

    /// <summary>Null without Redis.</summary>
    public Func<long>? PagesElsewhere { private get; set; }

    /// <summary>Null without SQLite.</summary>
    public Func<long>? JournalBytes { private get; set; }

    /// <summary>Records a call that has succeeded.</summary>
    public void RecordRedisCall(TimeSpan duration) => _redisCalls.Record(duration.TotalSeconds);

    /// <summary>Records one step.</summary>
    public void RecordFold(TimeSpan duration) => _folds.Record(duration.TotalSeconds);

    /// <summary>Counts a message that was not streamed.</summary>
    public void CountDropped(string reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private IEnumerable<Measurement<long>> ReadAvailable()
    {
        if (Available?.Invoke() is { } isAvailable)
        {
            yield return new Measurement<long>(isAvailable ? 1 : 0);
        }
    }
}
