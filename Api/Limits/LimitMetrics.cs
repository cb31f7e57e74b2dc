using System.Diagnostics.Metrics;
using LiveStreams.Api.Http;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Limits;

/// <summary>
/// What is near a limit, and how many requests were refused because of one, in the meter <see cref="MeterName"/>. No
/// tag has a value that a client chooses.
/// </summary>
internal sealed class LimitMetrics : IRefusalCounter
{
    public const string MeterName = "LiveStreams";

    private readonly Counter<long> _refusals;

    public LimitMetrics(IMeterFactory meters, FeedRegistry feeds, StreamLimiter streams)
    {
        // The factory keeps the meter, and disposes it.
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter(
            "livestreams.subscribers",
            () => feeds.SubscriberCount,
            "{stream}",
            "Event streams that are open.");
        meter.CreateObservableUpDownCounter(
            "livestreams.subscribers.addresses",
            () => streams.Addresses,
            "{address}",
            "Addresses that have one or more event streams open.");
        meter.CreateObservableUpDownCounter(
            "livestreams.pages.watched",
            () => feeds.Count,
            "{page}",
            "Pages that have subscribers, or had some a moment ago.");
        meter.CreateObservableUpDownCounter(
            "livestreams.unsent.bytes",
            () => feeds.Unsent.HeldBytes,
            "By",
            "Bytes held for readers that are slow to take them.");
        meter.CreateObservableCounter(
            "livestreams.readers.cut",
            () => ReaderCuts(feeds),
            "{reader}",
            "Readers that were disconnected because they were too slow.");
        _refusals = meter.CreateCounter<long>(
            "livestreams.refusals",
            "{refusal}",
            "Requests refused because of a limit.");
    }

    /// <summary>Counts a refusal if a limit is its reason; its tag <c>limit</c> is the problem's name.</summary>
    public void Count(Problem problem)
    {
        if (IsLimit(problem))
        {
            _refusals.Add(1, new KeyValuePair<string, object?>("limit", problem.Slug));
        }
    }

    // A limit of this server, or of what it grants one client.
    private static bool IsLimit(Problem problem) =>
        problem.Status is 408 or 409 or 413 or 429
        || problem == Problem.Full || problem == Problem.UnsentFull || problem == Problem.PageBusy;

    private static IEnumerable<Measurement<long>> ReaderCuts(FeedRegistry feeds) =>
    [
        new(feeds.Unsent.BudgetCuts, new KeyValuePair<string, object?>("reason", "unsent")),
        new(feeds.Unsent.StallCuts, new KeyValuePair<string, object?>("reason", "stalled")),
        new(feeds.Snapshots.Cuts, new KeyValuePair<string, object?>("reason", "snapshot")),
    ];
}
