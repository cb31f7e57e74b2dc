using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Orleans.Concurrency;

namespace LiveStreams.Grains;

/// <summary>
/// A page that lives in the cluster, once: publishers of all processes meet in its <see cref="Page"/>, and share its appends. Reentrant, so that they
/// gather while an append is on its way. Should there be two of it for a moment, the store keeps their updates apart.
/// </summary>
[Reentrant, CollectionAgeLimit(Minutes = 5), GrainType("page")]
public sealed class PageGrain(IPageLog log, TimeProvider time) : Grain, IPageGrain
{
    private Page? _page;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _page = new Page(PageId.Parse(this.GetPrimaryKeyString()), log, time);
        return Task.CompletedTask;
    }

    public async Task<PublishReply> PublishAsync(DraftMessage draft)
    {
        try
        {
            // A page that has nobody to put it away takes every draft.
            _page!.TryPublish(draft.ToDraft(), out var answer);
            return PublishReply.Of(await answer);
        }
        catch (StoreUnavailableException fault)
        {
            return PublishReply.Of(fault);
        }
        catch (PostsFullException)
        {
            return new PublishReply(PublishOutcome.PostsFull);
        }
        catch (PageBusyException)
        {
            return new PublishReply(PublishOutcome.PageBusy);
        }
    }
}
