using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>Pages that live in the cluster: a publish goes to the page's grain, wherever that is.</summary>
public sealed class GrainPublishRouter(IGrainFactory grains, TimeProvider time) : IPublishRouter
{
    /// <summary>
    /// How long a publisher waits for its page's grain. A little more than <see cref="PageWriter.AppendTimeout"/>, which the grain answers by itself; beyond that
    /// its silo is away, or another is just taking over.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    /// <summary>After so long a publish with a key is sent again: a silo that is just leaving may have taken the call and lost the answer.</summary>
    private static readonly TimeSpan _attemptTimeout = CallTimeout / 2;

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    public async Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        var message = DraftMessage.Of(draft);
        var isKeyed = draft.Key is not null;
        var start = time.GetTimestamp();
        while (true)
        {
            var left = TimeLeft(start);
            try
            {
                var reply = grains.GetGrain<IPageGrain>(page.Value).PublishAsync(message);
                return (await reply.WaitAsync(isKeyed && left > _attemptTimeout ? _attemptTimeout : left, time, cancellationToken).ConfigureAwait(false)).ToPublished(page);
            }
            catch (Exception exception) when (MayRepeat(exception, isKeyed) && TimeLeft(start) > _retryDelay)
            {
                // The page is just coming to life on another silo.
                await Task.Delay(_retryDelay, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                throw new StoreUnavailableException("The page's silo has not answered.", exception) { OutcomeUnknown = true };
            }
        }
    }

    // A call that was turned away has done nothing. One whose silo died, or did not answer, may have; then a key makes it safe.
    private static bool MayRepeat(Exception exception, bool isKeyed) => exception switch
    {
        TimeoutException or SiloUnavailableException => isKeyed,
        OrleansMessageRejectionException => true,
        _ => false,
    };

    private TimeSpan TimeLeft(long start)
    {
        var left = CallTimeout - time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
