using LiveStreams.Api.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// What a connection may hold, and for how long, before and while its request arrives. Well-behaved clients need no
/// more; docs/operations.md lists the limits.
/// </summary>
internal static class KestrelLimits
{
    /// <summary>A page's name has up to 2,400 bytes in a path, percent-encoded.</summary>
    private const int MaxRequestLineBytes = 8 * 1024;

    /// <summary>A browser also sends the cookies of the same origin.</summary>
    private const int MaxHeaderBytes = 16 * 1024;

    private const int MaxHeaders = 100;

    /// <summary>
    /// Connections beyond the event streams: of publishers and readers, and of clients that receive the response that
    /// the server is full.
    /// </summary>
    private const int OtherConnections = 10_000;

    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Slower than any working network. The rate of a body is measured after its first 5 s.</summary>
    private static readonly MinDataRate _minBodyRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public static void Apply(LimitOptions limits, KestrelServerLimits kestrel)
    {
        kestrel.MaxRequestBodySize = limits.MaxUpdateBytes;
        kestrel.MinRequestBodyDataRate = _minBodyRate;
        kestrel.MaxRequestLineSize = MaxRequestLineBytes;
        kestrel.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.MaxRequestHeaderCount = MaxHeaders;
        kestrel.RequestHeadersTimeout = _headersTimeout;
        kestrel.MaxConcurrentConnections = limits.MaxSubscribers + OtherConnections;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
    }
}
