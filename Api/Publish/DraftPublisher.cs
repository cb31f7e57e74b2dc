using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Publish;

/// <summary>
/// Publishes a draft and writes the response: the last step of every request that publishes one update.
/// </summary>
internal sealed class DraftPublisher(
    IPublishRouter router, SubscriberCounts subscribers, AuditLog audit, ServerMetrics metrics)
{
    /// <summary>If the client disconnects during the call, the update is published anyway.</summary>
    public async Task PublishAsync(HttpContext context, PageId page, UpdateDraft draft)
    {
        var result = await router.PublishAsync(page, draft, CancellationToken.None);
        metrics.Publishes.Count(result.Status);
        var refusal = PublishRefusal.Of(result, page);
        audit.Published(audit.FindCaller(context), page, draft, result, refusal);
        if (refusal is not null)
        {
            await refusal.WriteAsync(context);
            return;
        }

        var response = new PublishResponse(page, result, subscribers.Of(page));
        await (draft.IsEnd ? response.WriteEndAsync(context.Response) : response.WriteAsync(context.Response));
    }
}
