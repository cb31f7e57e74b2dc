using System.Diagnostics.Metrics;
using LiveStreams.Api.Http;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Limits;

/// <summary>What is near a limit, and what was refused for one, in the meter <see cref="MeterName"/>. No tag has a value that a client chooses.</summary>
internal sealed class LimitMetrics
{
    public const string MeterName = "LiveStreams";

    private readonly Counter<long> _refusals;

    public LimitMetrics(IMeterFactory meters, FeedRegistry feeds, StreamLimiter streams)
    {
        // The factory keeps the meter, and disposes it.
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("livestreams.subscribers", () => feeds.SubscriberCount, "{stream}", "Event streams that are open.");
        meter.CreateObservableUpDownCounter("livestreams.subscribers.addresses", () => streams.Addresses, "{address}", "Addresses that have one or more of them.");
        meter.CreateObservableUpDownCounter("livestreams.pages.watched", () => feeds.Count, "{page}", "Pages that somebody watches, or did a moment ago.");
        _refusals = meter.CreateCounter<long>("livestreams.refusals", "{refusal}", "What was refused because of a limit.");
    }

    /// <summary>Counts a refusal, if it is for a limit: its tag <c>limit</c> is the problem's name.</summary>
    public void Refused(Problem problem)
    {
        if (problem.IsLimit)
        {
            _refusals.Add(1, new KeyValuePair<string, object?>("limit", problem.Slug));
        }
    }
}
