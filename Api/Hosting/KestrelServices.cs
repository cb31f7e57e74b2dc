using LiveStreams.Api.Limits;
using LiveStreams.Api.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LiveStreams.Api.Hosting;

/// <summary>Kestrel for many long, mostly silent responses (measurements: docs/benchmarks.md).</summary>
internal static class KestrelServices
{
    /// <summary>The default of 512 makes a burst of 5,000 connections take seconds; the kernel caps this at net.core.somaxconn.</summary>
    private const int Backlog = 65_535;

    /// <summary>
    /// What the kernel holds for one connection, which inherits it from the listening socket. Left alone it grows to megabytes, of which a third must
    /// drain before a write goes on, so that a reader of 100 KB/s would look stalled; and it would be held for every slow reader.
    /// </summary>
    private const int SendBufferBytes = 128 * 1024;

    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = Backlog;

            // A flush completes when the kernel has taken everything, so that an event stream knows when it may write to the socket itself.
            sockets.MaxWriteBufferSize = 1;

            // A flush writes to the socket right there instead of queueing a work item for it.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.CreateBoundListenSocket = endPoint =>
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                socket.SendBufferSize = SendBufferBytes;
                return socket;
            };
        });
        builder.Services.AddOptions<KestrelServerOptions>().Configure<LimitOptions>((kestrel, limits) =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(http => connection => StreamConnection.RunAsync(connection, http)));
            kestrel.AddServerHeader = false;
            KestrelLimits.Set(kestrel.Limits, limits);
        });
    }
}
