using System.Diagnostics;
using LiveStreams.Api.Limits;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;
using LiveStreams.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Api.Status;

/// <summary>Puts the status of this server together.</summary>
internal sealed class StatusReader(
    HealthCheckService health,
    StoreDescription store,
    IConfiguration configuration,
    FeedRegistry feeds,
    ServerMetrics metrics,
    LimitOptions limits,
    ClusterMembers members,
    FaultLog faults,
    TimeProvider time)
{
    /// <summary>The most pages that are named.</summary>
    public const int MaxPages = 20;

    private static readonly DateTimeOffset _startedAt = Process.GetCurrentProcess().StartTime.ToUniversalTime();

    /// <summary>Reads the status: a moment's, so that its numbers need not agree exactly.</summary>
    public async Task<ServerStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(cancellationToken);
        var storeCheck = report.Entries[HealthEndpoints.StoreCheck];
        using var process = Process.GetCurrentProcess();
        return new ServerStatus(
            "livestreams",
            ProductVersion.Text,
            Environment.MachineName,
            Environment.ProcessId,
            feeds.IsDraining ? "stopping" : report.Status == HealthStatus.Healthy ? "ready" : "unavailable",
            time.GetUtcNow(),
            _startedAt,
            new StoreStatus(
                StoreServices.ReadKind(configuration).ToString().ToLowerInvariant(),
                store.Text,
                storeCheck.Status == HealthStatus.Healthy ? null : storeCheck.Description ?? "It does not respond."),
            new StreamStatus(feeds.SubscriberCount, limits.MaxSubscribers, metrics.Streams.OpenedStreams),
            new Totals(metrics.Publishes.Published, metrics.Streams.WrittenFrames, metrics.Streams.WrittenBytes),
            new PagesStatus(feeds.Count, ReadBusiest()),
            new MemoryStatus(
                process.WorkingSet64, GC.GetTotalMemory(forceFullCollection: false), feeds.Unsent.HeldBytes),
            metrics.Store.OtherNodes?.Invoke(),
            await members.ReadAsync(cancellationToken),
            faults.Read());
    }

    private BusyPage[] ReadBusiest() =>
    [
        .. feeds.ReadSubscriberCounts()
            .OrderByDescending(static count => count.Subscribers)
            .Take(MaxPages)
            .Select(static count => new BusyPage(count.Page.Value, count.Subscribers)),
    ];
}
