using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How often one address may read from the store: a page's state, history or posts, and the start of an event stream
/// that does not begin with the next update.
/// </summary>
internal sealed class ReadRateLimiter : IDisposable
{
    private readonly int _perSecond;
    private readonly KeyedRateLimiter<ClientAddress> _addresses;

    public ReadRateLimiter(LimitOptions limits, TimeProvider time)
    {
        _perSecond = limits.ReadsPerSecondPerAddress;
        _addresses = new(_perSecond, limits.ReadBurstPerAddress ?? DefaultBurst(limits), time);
    }

    /// <summary>Counts one read; false when it is one too many.</summary>
    public bool TryAcquire(HttpContext context, [NotNullWhen(false)] out Refusal? refusal) =>
        TryAcquire(context, reads: 1, out refusal);

    /// <summary>Counts several reads, or none; false when they are too many together.</summary>
    public bool TryAcquire(HttpContext context, int reads, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = reads == 0 || _addresses.TryAcquire(ClientAddress.Of(context), reads)
            ? null
            : new(Problem.ReadRate, $"One address may read {_perSecond} times a second.");
        return refusal is null;
    }

    public void Dispose() => _addresses.Dispose();

    // All streams that an address may have can begin, or reconnect, at once.
    private static int DefaultBurst(LimitOptions limits)
    {
        var streams = limits.MaxSubscribersPerAddress == 0 ? limits.MaxSubscribers : limits.MaxSubscribersPerAddress;
        return Math.Max(streams, limits.ReadsPerSecondPerAddress);
    }
}
