using LiveStreams.Core;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace LiveStreams.Grains;

/// <summary>
/// Publishes what other services of the cluster put on the Orleans stream <c>page-updates</c> of a page, without HTTP. An item that the store did not take is
/// delivered again by the stream; its place in the stream is its idempotency key, unless it has one, so that it is published once.
/// </summary>
[ImplicitStreamSubscription(Namespace)]
public sealed partial class PageUpdatesSubscriber(ILogger<PageUpdatesSubscriber> logger)
    : Grain, IGrainWithStringKey, IStreamSubscriptionObserver, IAsyncObserver<DraftMessage>
{
    /// <summary>The namespace of the streams, whose keys are page names; also the name of the stream provider.</summary>
    public const string Namespace = "page-updates";

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<DraftMessage>().ResumeAsync(this);

    public async Task OnNextAsync(DraftMessage item, StreamSequenceToken? token = null)
    {
        var name = this.GetPrimaryKeyString();
        var keyed = item.Key is null ? item with { Key = $"{Namespace} {token}" } : item;
        var reply = await GrainFactory.GetGrain<IPageGrain>(name).PublishAsync(keyed);
        switch (reply.Outcome)
        {
            case PublishOutcome.Published:
                break;

            // Delivering it again would not help.
            case PublishOutcome.Invalid:
                LogDropped(name, reply.Message);
                break;
            case PublishOutcome.PostsFull:
                LogDropped(name, "The page has as many posts, or as large ones, as it may have.");
                break;

            default:
                throw new StoreUnavailableException($"{reply.Outcome}: {reply.Message}");
        }
    }

    public Task OnErrorAsync(Exception ex)
    {
        LogError(this.GetPrimaryKeyString(), ex);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "An item of the stream page-updates for '{Page}' was dropped: {Error}")]
    private partial void LogDropped(string page, string? error);

    [LoggerMessage(LogLevel.Warning, "The stream page-updates for '{Page}' has a error.")]
    private partial void LogError(string page, Exception exception);
}
