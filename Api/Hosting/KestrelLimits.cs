using LiveStreams.Api.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LiveStreams.Api.Hosting;

/// <summary>What a connection may hold, and for how long, before and while its request arrives. Clients that know how to ask need no more; docs/operations.md names them.</summary>
internal static class KestrelLimits
{
    /// <summary>A page's name has up to 2,400 bytes in a path, encoded.</summary>
    private const int RequestLineBytes = 8 * 1024;

    /// <summary>Cookies of the same origin come along.</summary>
    private const int HeaderBytes = 16 * 1024;

    private const int Headers = 100;

    /// <summary>Connections beyond the event streams: of publishers and readers, and of those who are told that the server is full.</summary>
    private const int OtherConnections = 10_000;

    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Slower than any network that is up. A body has 5 s before it counts.</summary>
    private static readonly MinDataRate _bodyRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public static void Set(KestrelServerLimits kestrel, LimitOptions limits)
    {
        kestrel.MaxRequestBodySize = limits.MaxUpdateBytes;
        kestrel.MinRequestBodyDataRate = _bodyRate;
        kestrel.MaxRequestLineSize = RequestLineBytes;
        kestrel.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.MaxRequestHeaderCount = Headers;
        kestrel.RequestHeadersTimeout = _headersTimeout;
        kestrel.MaxConcurrentConnections = limits.MaxSubscribers + OtherConnections;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
    }
}
