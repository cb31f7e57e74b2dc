using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>Event streams, and what is written to them.</summary>
public sealed class StreamMetrics
{
    private const int Frames = 0;
    private const int FrameBytes = 1;
    private const int FanOuts = 2;
    private const int FanOutTicks = 3;
    private const int Opened = 4;
    private const int GapsFound = 5;
    private const int GapsFilled = 6;
    private const int Resets = 7;

    private static readonly ResetReason[] _reasons = Enum.GetValues<ResetReason>();

    private readonly StripedCounts _counts = new(Resets + _reasons.Length);
    private readonly Counter<long> _closed;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _comparisons;

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
        _counts.Observe(meter, "livestreams.streams.opened", "{stream}", "Event streams that have begun.", Opened);
        _closed = meter.CreateCounter<long>(
            "livestreams.streams.closed", "{stream}", "Event streams that have ended, by reason.");
        _counts.Observe(
            meter,
            "livestreams.frames.written",
            "{frame}",
            "Updates that were written to event streams, each counted for each stream.",
            Frames);
        _counts.Observe(
            meter,
            "livestreams.frames.size",
            "By",
            "Their bytes as HTTP sends them, without what TLS adds.",
            FrameBytes);
        _counts.Observe(
            meter,
            "livestreams.fanouts",
            "{fanout}",
            "Times that new updates of a page were given to its streams.",
            FanOuts);
        _counts.ObserveTime(
            meter,
            "livestreams.fanouts.time",
            "Their time, each from the first update's arrival until all streams were served.",
            FanOutTicks);
        _replayed = meter.CreateCounter<long>(
            "livestreams.updates.replayed", "{update}", "Updates that were read from history for a stream.");

        // These three are there before the first is counted: thousands of streams may be reset at the same moment, and
        // who compares two samples must see the 0 before.
        _counts.Observe(
            meter,
            "livestreams.gaps.found",
            "{gap}",
            "Times that updates were missing after a lost announcement.",
            GapsFound);
        _counts.Observe(
            meter,
            "livestreams.gaps.filled",
            "{gap}",
            "Times that what was missing has been read from the store.",
            GapsFilled);
        meter.CreateObservableCounter(
            "livestreams.resets",
            () => _reasons.Select(reason => new Measurement<long>(
                _counts.Sum(Resets + (int)reason),
                new KeyValuePair<string, object?>("reason", PageReset.NameOf(reason)))),
            "{reset}",
            "Times that a stream could not continue where its reader was, by reason.");
        _comparisons = meter.CreateCounter<long>(
            "livestreams.heads.compared",
            "{comparison}",
            "Times that a page's newest update was compared with the store's.");
    }

    /// <summary>Updates written to streams since the start, each counted for each stream.</summary>
    public long WrittenFrames => _counts.Sum(Frames);

    /// <summary>Their bytes.</summary>
    public long WrittenBytes => _counts.Sum(FrameBytes);

    /// <summary>Streams that have begun since the start.</summary>
    public long OpenedStreams => _counts.Sum(Opened);

    internal Func<long>? Open { private get; set; }

    internal Func<long>? WatchedPages { private get; set; }

    internal Func<long>? FeedBytes { private get; set; }

    internal void CountOpened() => _counts.Add(_counts.Place, Opened, 1);

    internal void CountClosed(StreamEnd reason) =>
        _closed.Add(1, new KeyValuePair<string, object?>("reason", NameOf(reason)));

    internal void CountReplayed(int updates) => _replayed.Add(updates);

    internal void CountGapFound() => _counts.Add(_counts.Place, GapsFound, 1);

    internal void CountGapFilled() => _counts.Add(_counts.Place, GapsFilled, 1);

    internal void CountReset(PageReset reset) => _counts.Add(_counts.Place, Resets + (int)reset.Reason, 1);

    internal void CountComparison() => _comparisons.Add(1);

    internal void CountFrames(int frames, int bytes)
    {
        if (frames > 0)
        {
            var place = _counts.Place;
            _counts.Add(place, Frames, frames);
            _counts.Add(place, FrameBytes, bytes);
        }
    }

    internal void CountFanOut(TimeSpan duration)
    {
        var place = _counts.Place;
        _counts.Add(place, FanOuts, 1);
        _counts.Add(place, FanOutTicks, duration.Ticks);
    }

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
