using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// How long the client waits before it tries again to connect: 1 s, 2 s, 4 s and so on, at most its
/// <c>connectTimeout</c>. So a Redis that restarts within seconds is found soon, and one that is away for long costs
/// little.
/// </summary>
/// <remarks>
/// The client also ends an attempt that takes longer than this. So before the first connection every attempt has the
/// whole <paramref name="connectTimeoutMilliseconds"/>, and later a slow connection gets more time with each attempt.
/// </remarks>
internal sealed class ReconnectDelay(int connectTimeoutMilliseconds) : IReconnectRetryPolicy
{
    private const int FirstMilliseconds = 1000;
    private const int MaxDoublings = 10;

    private volatile bool _hasConnected;

    /// <summary>Must be called when the client has connected for the first time.</summary>
    public void OnConnected() => _hasConnected = true;

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= DelayBefore(currentRetryCount);

    private int DelayBefore(long retry) => _hasConnected
        ? Math.Min(connectTimeoutMilliseconds, FirstMilliseconds << (int)Math.Min(retry, MaxDoublings))
        : connectTimeoutMilliseconds;
}
