using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Orleans.Concurrency;

namespace LiveStreams.Grains;

/// <summary>
/// A page that lives in the cluster, once: publishers of all processes meet in its <see cref="PageWriter"/>, and share its appends. Reentrant, so that they
/// gather while an append is on its way. Should there be two of it for a moment, the store keeps their updates apart.
/// </summary>
[Reentrant, CollectionAgeLimit(Minutes = 5), GrainType("page")]
public sealed class PageGrain(IPageLog log, PostOptions posts, TimeProvider time) : Grain, IPageGrain
{
    private PageWriter? _writer;
    private string? _nameError;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (PageId.TryParse(this.GetPrimaryKeyString(), out var page, out _nameError))
        {
            _writer = new PageWriter(page, log, time);
        }

        return Task.CompletedTask;
    }

    public async Task<PublishReply> PublishAsync(DraftMessage draft)
    {
        if ((_nameError ?? draft.FindError(posts)) is { } error)
        {
            return new PublishReply(PublishOutcome.Invalid, Message: error);
        }

        try
        {
            // A page that has nobody to put it away takes every draft.
            _writer!.TryPublish(draft.ToDraft(), out var answer);
            return PublishReply.Of(await answer);
        }
        catch (StoreUnavailableException unavailable)
        {
            return PublishReply.Of(unavailable);
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
