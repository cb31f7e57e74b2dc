using System.Diagnostics;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.Tracing;

/// <summary>Gives each publish of a request that is traced a span, and its update the span as its parent.</summary>
public sealed class TracedPublishRouter(IPublishRouter router) : IPublishRouter
{
    public Task<PublishResult> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken) =>
        UpdateTrace.IsOn && Activity.Current is not null
            ? TraceAsync(page, draft, cancellationToken)
            : router.PublishAsync(page, draft, cancellationToken);

    private async Task<PublishResult> TraceAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken)
    {
        using var span = UpdateTrace.Start("publish", ActivityKind.Producer);
        var traced = span is null ? draft : draft with { TraceParent = span.Id };
        span?.SetTag(TraceTag.Page, page.Value);
        var result = await router.PublishAsync(page, traced, cancellationToken).ConfigureAwait(false);
        if (span is not null)
        {
            span.SetTag(TraceTag.Result, PublishMetrics.NameOf(result.Status));
            span.SetTag(TraceTag.Update, result.Id.IsNone ? null : result.Id.ToString());
            if (result.Status is PublishStatus.StoreUnavailable or PublishStatus.Unknown)
            {
                span.SetStatus(ActivityStatusCode.Error, result.Error);
            }
        }

        return result;
    }
}
