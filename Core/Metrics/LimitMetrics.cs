using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>What is near a limit, and what was refused because of one.</summary>
public sealed class LimitMetrics
{
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _refusedConnections;
    private readonly Counter<long> _cutConnections;
    private readonly Counter<long> _delays;

    internal LimitMetrics(Meter meter)
    {
        meter.Observe(
            "livestreams.subscribers.addresses",
            "{address}",
            "Addresses that have one or more event streams open.",
            () => Addresses);
        meter.Observe(
            "livestreams.subscribers.limit",
            "{stream}",
            "Event streams that may be open.",
            () => StreamLimit);
        meter.Observe(
            "livestreams.unsent.bytes",
            "By",
            "Bytes held for readers that are slow to take them.",
            () => UnsentBytes);
        meter.Observe(
            "livestreams.unsent.limit",
            "By",
            "Bytes that may be held for them.",
            () => UnsentLimit);
        meter.CreateObservableCounter(
            "livestreams.readers.cut",
            () => ReaderCuts.Select(static cut =>
                new Measurement<long>(cut.Count(), new KeyValuePair<string, object?>("reason", cut.Reason))),
            "{reader}",
            "Readers that were disconnected because they were too slow.");
        _refusals = meter.CreateCounter<long>(
            "livestreams.refusals", "{refusal}", "Requests refused because of a limit.");
        _refusedConnections = meter.CreateCounter<long>(
            "livestreams.connections.refused",
            "{connection}",
            "Connections closed as soon as they were accepted, because of a limit.");
        _cutConnections = meter.CreateCounter<long>(
            "livestreams.connections.cut",
            "{connection}",
            "Connections closed because the client sent something during its event stream.");
        _delays = meter.CreateCounter<long>(
            "livestreams.connections.delays",
            "{delay}",
            "Times that connections have waited more than 20 ms for a thread that served another one.");
    }

    /// <summary>How many addresses have streams; null where nothing is streamed.</summary>
    public Func<long>? Addresses { private get; set; }

    /// <summary>How many streams there may be; null where nothing is streamed.</summary>
    public Func<long>? StreamLimit { private get; set; }

    internal Func<long>? UnsentBytes { private get; set; }

    internal Func<long>? UnsentLimit { private get; set; }

    internal IReadOnlyList<(string Reason, Func<long> Count)> ReaderCuts { private get; set; } = [];

    /// <summary>Counts a request that was refused because of <paramref name="limit"/>.</summary>
    public void CountRefused(string limit) => _refusals.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts a new connection that is closed because of <paramref name="limit"/>.</summary>
    public void CountRefusedConnection(string limit) =>
        _refusedConnections.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts an event stream that its client has sent something into.</summary>
    public void CountCut() => _cutConnections.Add(1);

    /// <summary>Counts that a reactor's connections have waited too long for one of them.</summary>
    public void CountDelay() => _delays.Add(1);
}
