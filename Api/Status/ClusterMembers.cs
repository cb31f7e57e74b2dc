namespace LiveStreams.Api.Status;

/// <summary>The silos of the cluster that this server belongs to, as its members' list in Redis has them.</summary>
internal sealed partial class ClusterMembers(
    TimeProvider time, ILogger<ClusterMembers> logger, IGrainFactory? grains = null)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The silos that are not dead. Null without a cluster, and if none responds within 1 s, or their list cannot be
    /// read.
    /// </summary>
    public async Task<IReadOnlyList<ClusterMember>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (grains is null)
        {
            return null;
        }

        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0)
                .GetDetailedHosts(onlyActive: false, cancellationToken)
                .WaitAsync(_timeout, time, cancellationToken);
            return
            [
                .. hosts
                    .Where(host => host.Status != SiloStatus.Dead)
                    .OrderBy(host => host.SiloName, StringComparer.Ordinal)
                    .Select(host => new ClusterMember(
                        host.SiloName, host.SiloAddress.Endpoint.ToString(), host.Status.ToString())),
            ];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Orleans passes on whatever the list's Redis connection throws.
            LogUnknown(exception.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The members of the cluster are unknown: {Reason}")]
    private partial void LogUnknown(string reason);
}
