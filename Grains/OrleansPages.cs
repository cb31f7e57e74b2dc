using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>Pages that live in the cluster: a publish goes to the page's grain, wherever that is.</summary>
public sealed class OrleansPages(IGrainFactory grains, TimeProvider time) : IPages
{
    /// <summary>
    /// How long a publisher waits for its page's grain. A little more than <see cref="Page.AppendTimeout"/>, which the grain answers by itself; beyond that
    /// its silo is away, or another is just taking over.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    public async Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        var message = DraftMessage.Of(draft);
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                var reply = grains.GetGrain<IPageGrain>(page.Value).PublishAsync(message);
                return (await reply.WaitAsync(TimeLeft(start), time, cancellationToken).ConfigureAwait(false)).ToPublished(page);
            }
            catch (OrleansMessageRejectionException fault) when (TimeLeft(start) > _retryDelay && (fault is not SiloUnavailableException || draft.Key is not null))
            {
                // A silo that is stopping has turned the call away, or one that has died may have done it, which a key makes safe to repeat. The page
                // is just coming to life on another.
                await Task.Delay(_retryDelay, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is TimeoutException or OrleansException)
            {
                throw new StoreUnavailableException("The page's silo has not answered.", fault) { OutcomeUnknown = true };
            }
        }
    }

    private TimeSpan TimeLeft(long start)
    {
        var left = CallTimeout - time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
