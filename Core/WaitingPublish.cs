using System.Diagnostics;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Core;

/// <summary>
/// A publish that waits in its <see cref="PageWriter"/>. Its publisher continues on the thread that completes it.
/// </summary>
internal sealed class WaitingPublish(UpdateDraft draft, long queuedAt) : TaskCompletionSource<PublishResult>
{
    private PublishResult _result;

    public UpdateDraft Draft => draft;

    public long QueuedAt => queuedAt;

    /// <summary>Sets the result, which <see cref="Complete"/> gives to the publisher.</summary>
    public void SetOutcome(PublishResult result) => _result = result;

    public void Complete() => SetResult(_result);

    /// <summary>Records how long a traced publish has waited, and how long its append has taken until now.</summary>
    /// <param name="appendedAt">When the append started.</param>
    /// <param name="updates">The updates of the append.</param>
    /// <param name="time">The clock.</param>
    public void RecordTrace(long appendedAt, int updates, TimeProvider time)
    {
        if (draft.TraceParent is not { } parent)
        {
            return;
        }

        var now = time.GetUtcNow();
        var appended = now - time.GetElapsedTime(appendedAt);
        var queued = now - time.GetElapsedTime(queuedAt);
        UpdateTrace.Record("wait for the page", ActivityKind.Internal, parent, queued, appended);
        UpdateTrace.Record(
            "append",
            ActivityKind.Client,
            parent,
            appended,
            now,
            new KeyValuePair<string, object?>(TraceTag.Updates, updates));
    }
}
