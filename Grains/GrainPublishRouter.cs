using System.Diagnostics;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Grains;

/// <summary>Publishes in the cluster: a publish goes to the page's grain, on whichever silo that is.</summary>
public sealed class GrainPublishRouter(IGrainFactory grains, ServerMetrics metrics, TimeProvider time) : IPublishRouter
{
    /// <summary>
    /// How long a publisher waits for its page's grain. The grain itself replies within
    /// <see cref="PageWriter.AppendTimeout"/>. If it has not replied a little later, its silo is unreachable, or
    /// another silo is taking over.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    /// <summary>
    /// After this time a publish with a key is sent again: a silo that is leaving may have taken the call and lost the
    /// reply.
    /// </summary>
    private static readonly TimeSpan _attemptTimeout = CallTimeout / 2;

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    public async Task<PublishResult> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        using var span = UpdateTrace.Start("call grain", ActivityKind.Client, draft.TraceParent);
        var message = DraftMessage.Of(span is null ? draft : draft with { TraceParent = span.Id });
        var hasKey = draft.Key is not null;
        var start = time.GetTimestamp();
        while (true)
        {
            var left = TimeLeft(start);
            try
            {
                var timeout = hasKey && left > _attemptTimeout ? _attemptTimeout : left;
                var reply = await grains.GetGrain<IPageGrain>(page.Value).PublishAsync(message)
                    .WaitAsync(timeout, time, cancellationToken)
                    .ConfigureAwait(false);
                metrics.Publishes.RecordGrainCall(time.GetElapsedTime(start));
                return reply.ToResult();
            }
            catch (Exception exception) when (MayRetry(exception, hasKey) && TimeLeft(start) > _retryDelay)
            {
                // The page is being activated on another silo.
                await Task.Delay(_retryDelay, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                return PublishResult.Unknown("The page's silo has not responded.");
            }
        }
    }

    // A rejected call has done nothing. A call whose silo died, or did not reply, may have published: a key makes its
    // retry safe.
    private static bool MayRetry(Exception exception, bool hasKey) => exception switch
    {
        TimeoutException or SiloUnavailableException => hasKey,
        OrleansMessageRejectionException => true,
        _ => false,
    };

    private TimeSpan TimeLeft(long start)
    {
        var left = CallTimeout - time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
