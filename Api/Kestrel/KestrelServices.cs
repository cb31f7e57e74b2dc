using System.Runtime.InteropServices;
using LiveStreams.Api.Connections;
using LiveStreams.Api.Epoll;
using LiveStreams.Api.Limits;
using LiveStreams.Core.Metrics;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveStreams.Api.Kestrel;

/// <summary>Configures Kestrel for many long, mostly silent responses (measurements: docs/benchmarks.md).</summary>
internal static class KestrelServices
{
    /// <summary>
    /// With the default of 512, a burst of 5,000 connections takes seconds. The kernel caps this at net.core.somaxconn.
    /// </summary>
    private const int Backlog = 65_535;

    /// <summary>
    /// The kernel's send buffer of one connection, which inherits it from the listening socket. By default it grows to
    /// megabytes, held for every slow reader. A third of it must drain before a write continues, so a reader of
    /// 100 KB/s would look stalled.
    /// </summary>
    private const int SendBufferBytes = 128 * 1024;

    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = Backlog;
            sockets.MaxReadBufferSize = ConnectionBuffers.ReadAheadBytes;

            // A flush completes when the kernel has taken everything, so that an event stream knows when it may write
            // to the socket itself.
            sockets.MaxWriteBufferSize = 1;

            // A flush writes to the socket on its own thread instead of queueing a work item.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.CreateBoundListenSocket = endPoint =>
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                socket.SendBufferSize = SendBufferBytes;
                return socket;
            };
        });
        builder.Services.AddSingleton<DescriptorLimit>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<DescriptorLimit>());
        builder.Services.AddSingleton<SocketTransportFactory>();
        if (UsesEpoll(builder.Configuration["Transport"]))
        {
            builder.Services.AddSingleton<EpollReactors>();
            builder.Services.AddSingleton<DetachedStreams>();
            builder.Services.AddHostedService<HeapTrim>();
            builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory, EpollListenerFactory>());
        }
        else
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory, LimitedListenerFactory>());
        }

        builder.Services.AddSingleton<ServedCertificates>();
        builder.Services.AddOptions<KestrelServerOptions>()
            .Configure<LimitOptions, ConnectionLimiter, ServerMetrics, IServiceProvider>(
                (kestrel, limits, limiter, metrics, services) =>
                {
                    var detached = services.GetService<DetachedStreams>();
                    kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(
                        http => connection =>
                            StreamConnection.RunAsync(connection, http, limiter, metrics, detached)));
                    kestrel.AddServerHeader = false;
                    KestrelLimits.Apply(limits, kestrel.Limits);
                    var certificates = services.GetRequiredService<ServedCertificates>();
                    kestrel.ConfigureHttpsDefaults(certificates.Add);
                    metrics.Security.CertificateRemaining = () => certificates.TimeLeft;
                });
    }

    private static bool UsesEpoll(string? transport)
    {
        var isSupported = OperatingSystem.IsLinux()
            && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
        return transport switch
        {
            null => isSupported,
            "sockets" => false,
            "epoll" when isSupported => true,
            "epoll" => throw new SettingException(
                "Transport is 'epoll', which needs Linux on x64 or arm64. Remove it, or set Transport=sockets."),
            _ => throw new SettingException($"Transport must be 'epoll' or 'sockets', not '{transport}'."),
        };
    }
}
