using System.Text.Json;
using System.Text.Unicode;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace LiveStreams.Grains;

/// <summary>
/// Publishes what other services of the cluster put on the Orleans stream <c>page-updates</c> of a page, without HTTP. An item that the store did not take is
/// delivered again by the stream; its place in the stream is its idempotency key, unless it has one, so that it is published once.
/// </summary>
[ImplicitStreamSubscription(Namespace)]
public sealed partial class PageUpdatesSubscriber(PostOptions posts, ILogger<PageUpdatesSubscriber> logger)
    : Grain, IGrainWithStringKey, IStreamSubscriptionObserver, IAsyncObserver<DraftMessage>
{
    /// <summary>The namespace of the streams, whose keys are page names; also the name of the stream provider.</summary>
    public const string Namespace = "page-updates";

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<DraftMessage>().ResumeAsync(this);

    public async Task OnNextAsync(DraftMessage item, StreamSequenceToken? token = null)
    {
        var name = this.GetPrimaryKeyString();
        if (!PageId.TryParse(name, out var page, out var fault) || (fault = Fault(item)) is not null)
        {
            // Delivering it again would not mend it.
            LogDropped(name, fault);
            return;
        }

        var keyed = item.Key is null ? item with { Key = $"{Namespace} {token}" } : item;
        var reply = await GrainFactory.GetGrain<IPageGrain>(page.Value).PublishAsync(keyed);
        try
        {
            reply.ToPublished(page);
        }
        catch (PostsFullException full)
        {
            LogDropped(name, full.Message);
        }
    }

    public Task OnErrorAsync(Exception ex)
    {
        LogFault(this.GetPrimaryKeyString(), ex);
        return Task.CompletedTask;
    }

    private string? Fault(DraftMessage item) =>
        item.Data is null || !Utf8.IsValid(item.Data) ? "Its data is not UTF-8."
        : item.Key is { Length: > UpdateDraft.MaxKeyLength } ? $"Its key has more than {UpdateDraft.MaxKeyLength} characters."
        : item.Event is not null ? (item.ChangesPosts ? "An item that changes posts has no event name." : EventName.Fault(item.Event))
        : item.ChangesPosts ? (item.Keep ? PostsFault(item.Data) : "An item that changes posts is kept.")
        : null;

    private string? PostsFault(byte[] data)
    {
        try
        {
            return !PostsJson.TryRead(data, out var changes, out var fault) ? fault
                : changes is null ? "Its data is not about posts."
                : changes.Renders.Any(post => post.Content.Length > posts.MaxPostBytes) ? $"A post of it has more than {posts.MaxPostBytes} bytes."
                : null;
        }
        catch (JsonException fault)
        {
            return $"Its data is not JSON: {fault.Message}";
        }
    }

    [LoggerMessage(LogLevel.Warning, "An item of the stream page-updates for '{Page}' was dropped: {Fault}")]
    private partial void LogDropped(string page, string? fault);

    [LoggerMessage(LogLevel.Warning, "The stream page-updates for '{Page}' has a fault.")]
    private partial void LogFault(string page, Exception fault);
}
