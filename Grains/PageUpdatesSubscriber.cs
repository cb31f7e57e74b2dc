using LiveStreams.Core;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace LiveStreams.Grains;

/// <summary>
/// Publishes what other services of the cluster put on the Orleans stream <c>page-updates</c> of a page, without HTTP.
/// When the store does not take an item, the stream delivers it again. An item without an idempotency key gets its
/// place in the stream as its key, so that it is published once.
/// </summary>
[ImplicitStreamSubscription(Namespace)]
public sealed partial class PageUpdatesSubscriber(ILogger<PageUpdatesSubscriber> logger)
    : Grain, IGrainWithStringKey, IStreamSubscriptionObserver, IAsyncObserver<DraftMessage>
{
    /// <summary>
    /// The namespace of the streams, whose keys are page names; also the name of the stream provider.
    /// </summary>
    public const string Namespace = "page-updates";

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<DraftMessage>().ResumeAsync(this);

    public async Task OnNextAsync(DraftMessage item, StreamSequenceToken? token = null)
    {
        var name = this.GetPrimaryKeyString();
        var keyed = item.Key is null ? item with { Key = $"{Namespace} {token}" } : item;
        var result = (await GrainFactory.GetGrain<IPageGrain>(name).PublishAsync(keyed)).ToResult();
        switch (result.Status)
        {
            case PublishStatus.Published or PublishStatus.Repeated:
                break;

            // Delivering it again would not help.
            case PublishStatus.Invalid:
                LogDropped(name, result.Error);
                break;
            case PublishStatus.KeyReused:
                LogDropped(name, "Its idempotency key was used for another update.");
                break;
            case PublishStatus.PostsFull:
                LogDropped(name, "The page's posts would exceed a limit.");
                break;

            default:
                throw new StoreUnavailableException(result.Error ?? "Too many updates wait for the page.");
        }
    }

    public Task OnErrorAsync(Exception ex)
    {
        LogFailed(this.GetPrimaryKeyString(), ex);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "An item of the stream page-updates for '{Page}' was dropped: {Error}")]
    private partial void LogDropped(string page, string? error);

    [LoggerMessage(LogLevel.Warning, "The stream page-updates for '{Page}' has failed.")]
    private partial void LogFailed(string page, Exception exception);
}
