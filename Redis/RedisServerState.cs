namespace LiveStreams.Redis;

/// <summary>What one server of Redis says of itself. What it does not say is null.</summary>
/// <param name="Address">Its host and port.</param>
/// <param name="Version">Its version.</param>
/// <param name="RoundTrip">How long it took to answer a ping.</param>
/// <param name="EvictionPolicy">What it removes when its memory is full (<c>maxmemory-policy</c>).</param>
/// <param name="IsAppendOnly">Whether it writes every change to a file (<c>appendonly</c>).</param>
/// <param name="ClockOffset">Its clock minus the clock of this machine; exact to half a round trip.</param>
public sealed record RedisServerState(
    string Address,
    string Version,
    TimeSpan RoundTrip,
    string? EvictionPolicy,
    bool? IsAppendOnly,
    TimeSpan? ClockOffset);
