using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>Event streams, and what is written to them.</summary>
public sealed class StreamMetrics
{
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _gapsFound;
    private readonly Counter<long> _gapsFilled;
    private readonly Counter<long> _resets;
    private readonly Counter<long> _comparisons;
    private readonly Histogram<double> _fanOuts;

    internal StreamMetrics(Meter meter)
    {
        meter.Observe("livestreams.subscribers", "{stream}", "Event streams that are open.", () => Open);
        meter.Observe(
            "livestreams.pages.watched",
            "{page}",
            "Pages that have subscribers, or had some a moment ago.",
            () => WatchedPages);
        meter.Observe(
            "livestreams.feeds.memory",
            "By",
            "The newest updates of watched pages that are in memory.",
            () => FeedBytes);
        _opened = meter.CreateCounter<long>(
            "livestreams.streams.opened", "{stream}", "Event streams that have begun.");
        _closed = meter.CreateCounter<long>(
            "livestreams.streams.closed", "{stream}", "Event streams that have ended, by reason.");
        meter.CreateObservableCounter(
            "livestreams.frames.written",
            () => Frames.Frames,
            "{frame}",
            "Updates that were written to event streams, each counted for each stream.");
        meter.CreateObservableCounter(
            "livestreams.frames.size", () => Frames.Bytes, "By", "Their bytes, without what HTTP and TLS add.");
        _fanOuts = meter.CreateDuration(
            "livestreams.fanout.duration",
            "The time from the arrival of a page's update to the moment when all its streams were served.");
        _replayed = meter.CreateCounter<long>(
            "livestreams.updates.replayed", "{update}", "Updates that were read from history for a stream.");
        _gapsFound = meter.CreateCounter<long>(
            "livestreams.gaps.found", "{gap}", "Times that updates were missing after a lost announcement.");
        _gapsFilled = meter.CreateCounter<long>(
            "livestreams.gaps.filled", "{gap}", "Times that what was missing has been read from the store.");
        _resets = meter.CreateCounter<long>(
            "livestreams.resets", "{reset}", "Times that a stream could not continue where its reader was, by reason.");
        _comparisons = meter.CreateCounter<long>(
            "livestreams.heads.compared",
            "{comparison}",
            "Times that a page's newest update was compared with the store's.");
    }

    /// <summary>What is written to streams.</summary>
    public FrameCounts Frames { get; } = new();

    internal Func<long>? Open { private get; set; }

    internal Func<long>? WatchedPages { private get; set; }

    internal Func<long>? FeedBytes { private get; set; }

    internal void CountOpened() => _opened.Add(1);

    internal void CountClosed(StreamEnd reason) =>
        _closed.Add(1, new KeyValuePair<string, object?>("reason", NameOf(reason)));

    internal void CountReplayed(int updates) => _replayed.Add(updates);

    internal void CountGapFound() => _gapsFound.Add(1);

    internal void CountGapFilled() => _gapsFilled.Add(1);

    internal void CountReset(PageReset reset) =>
        _resets.Add(1, new KeyValuePair<string, object?>("reason", reset.ReasonName));

    internal void CountComparison() => _comparisons.Add(1);

    internal void RecordFanOut(TimeSpan duration) => _fanOuts.Record(duration.TotalSeconds);

    private static string NameOf(StreamEnd reason) => reason switch
    {
        StreamEnd.Client => "client",
        StreamEnd.Slow => "slow",
        StreamEnd.Stopping => "stopping",
        StreamEnd.Age => "age",
        StreamEnd.Token => "token",
        StreamEnd.Page => "page",
        StreamEnd.Pattern => "pattern",
        _ => "error",
    };
}
