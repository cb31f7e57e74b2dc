using System.Diagnostics.Metrics;
using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Connections;

/// <summary>
/// Connections that the server has closed because of a limit, in the meter of <see cref="LimitMetrics"/>.
/// </summary>
internal sealed class ConnectionMetrics
{
    private readonly Counter<long> _refused;
    private readonly Counter<long> _cut;
    private readonly Counter<long> _delays;

    public ConnectionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LimitMetrics.MeterName);
        _refused = meter.CreateCounter<long>(
            "livestreams.connections.refused",
            "{connection}",
            "Connections closed as soon as they were accepted, because of a limit.");
        _cut = meter.CreateCounter<long>(
            "livestreams.connections.cut",
            "{connection}",
            "Connections closed because the client sent something during its event stream.");
        _delays = meter.CreateCounter<long>(
            "livestreams.connections.delays",
            "{delay}",
            "Times that connections have waited more than 20 ms for a thread that served another one.");
    }

    /// <summary>Counts a new connection that is closed because of <paramref name="limit"/>.</summary>
    public void CountRefused(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts an event stream that its client has sent something into.</summary>
    public void CountCut() => _cut.Add(1);

    /// <summary>Counts that a reactor's connections have waited too long for one of them.</summary>
    public void CountDelay() => _delays.Add(1);
}
