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

    public async Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        try
        {
            var call = grains.GetGrain<IPageGrain>(page.Value).PublishAsync(DraftMessage.Of(draft));
            return (await call.WaitAsync(CallTimeout, time, cancellationToken).ConfigureAwait(false)).ToPublished(page);
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException)
        {
            throw new StoreUnavailableException("The page's silo has not answered.", fault) { OutcomeUnknown = true };
        }
    }
}
