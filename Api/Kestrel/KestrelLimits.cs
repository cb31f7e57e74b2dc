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

    /// <summary>
    /// What a client may send in advance on one HTTP/2 stream, and on one connection (RFC 9113 §5.2). It is held in
    /// memory for a stream that reads no body. By default it is 768 KiB and 1 MiB.
    /// </summary>
    private const int StreamWindowBytes = 64 * 1024;

    private const int ConnectionWindowBytes = 128 * 1024;

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
        kestrel.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
    }
}
