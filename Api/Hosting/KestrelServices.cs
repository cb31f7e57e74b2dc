using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LiveStreams.Api.Hosting;

/// <summary>Kestrel for many long, mostly silent responses (measurements: docs/benchmarks.md).</summary>
internal static class KestrelServices
{
    /// <summary>The default of 512 makes a burst of 5,000 connections take seconds; the kernel caps this at net.core.somaxconn.</summary>
    private const int Backlog = 65_535;

    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = Backlog;

            // A flush writes to the socket right there instead of queueing a work item for it.
            sockets.UnsafePreferInlineScheduling = true;
        });
        builder.Services.AddOptions<KestrelServerOptions>().Configure<LimitOptions>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;

            // A stream is slow by nature; one that takes nothing at all is closed by Subscribers:StallTimeout.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = limits.MaxUpdateBytes;
        });
    }
}
