using System.Diagnostics.Metrics;

namespace LiveStreams.Core.Metrics;

/// <summary>What a server must be given anew, or read again, before it is too old.</summary>
public sealed class SecurityMetrics
{
    internal SecurityMetrics(Meter meter)
    {
        meter.CreateObservableGauge(
            "livestreams.certificate.remaining",
            () => Read(CertificateRemaining),
            "s",
            "The time until the first of the server's TLS certificates expires.");
        meter.CreateObservableGauge(
            "livestreams.auth.age",
            () => Read(KeysAge, "keys").Concat(Read(RevocationsAge, "revocations")),
            "s",
            "The time since what tokens are checked with was last read without an error.");
    }

    /// <summary>Negative when one has expired; null without TLS.</summary>
    public Func<TimeSpan?>? CertificateRemaining { private get; set; }

    /// <summary>The age of the keys that were read longest ago; null without keys.</summary>
    public Func<TimeSpan?>? KeysAge { private get; set; }

    /// <summary>The age of the list of revoked tokens; null without a list.</summary>
    public Func<TimeSpan?>? RevocationsAge { private get; set; }

    private static IEnumerable<Measurement<double>> Read(Func<TimeSpan?>? time, string? source = null)
    {
        if (time?.Invoke() is { } value)
        {
            yield return source is null
                ? new Measurement<double>(value.TotalSeconds)
                : new Measurement<double>(value.TotalSeconds, new KeyValuePair<string, object?>("source", source));
        }
    }
}
