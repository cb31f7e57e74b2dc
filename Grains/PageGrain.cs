using System.Diagnostics;
using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tracing;
using Orleans.Concurrency;

namespace LiveStreams.Grains;

/// <summary>
/// A page of the cluster: publishers of all processes meet in its <see cref="PageWriter"/> and share its appends. It is
/// reentrant, so that publishes queue while an append is in progress. If there are two activations of it for a moment,
/// the store keeps their updates apart.
/// </summary>
[Reentrant, CollectionAgeLimit(Minutes = 5), GrainType("page")]
public sealed class PageGrain(IPageLog log, PostOptions posts, ServerMetrics metrics, TimeProvider time)
    : Grain, IPageGrain
{
    private PageWriter? _writer;
    private string? _nameError;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (PageId.TryParse(this.GetPrimaryKeyString(), out var page, out _nameError))
        {
            _writer = new PageWriter(page, log, metrics, time);
        }

        return Task.CompletedTask;
    }

    public async Task<PublishReply> PublishAsync(DraftMessage draft)
    {
        if ((_nameError ?? draft.FindError(posts)) is { } error)
        {
            return PublishReply.Of(PublishResult.Invalid(error));
        }

        using var span = UpdateTrace.Start("page grain", ActivityKind.Server, draft.TraceParent);
        var traced = span is null ? draft : draft with { TraceParent = span.Id };

        // The writer of a grain is never retired.
        return PublishReply.Of(await _writer!.TryPublish(traced.ToDraft())!);
    }
}
