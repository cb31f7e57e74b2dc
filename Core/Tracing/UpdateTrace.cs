using System.Diagnostics;

namespace LiveStreams.Core.Tracing;

/// <summary>
/// The spans of an update on its way from a publisher's request to the event streams, on all processes that it passes
/// through: one trace. Where a span's parent is in another process, or has no thread of its own, the parent travels
/// with the update as a W3C <c>traceparent</c> (https://www.w3.org/TR/trace-context/#traceparent-header):
/// <code>
/// POST /pages/{page}/updates
///   publish
///     call grain ─▶ page grain        with Pages=orleans
///       wait for the page             until the page's appends before it are done
///       append                        by the store, which announces the update
///       fan-out                       in each process with streams of the page
/// </code>
/// While nobody collects traces, or the trace is not sampled, there are no spans and no parents.
/// </summary>
public static class UpdateTrace
{
    public const string SourceName = "LiveStreams";

    private const int TraceParentLength = 55;

    // .NET does not look at these two characters.
    private const int TraceIdEnd = 35;
    private const int SpanIdEnd = 52;

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>Whether somebody collects traces.</summary>
    public static bool IsOn => _source.HasListeners();

    /// <summary>Whether a text is a <c>traceparent</c> of version 00.</summary>
    public static bool IsTraceParent(string text) =>
        text.Length == TraceParentLength
        && text.StartsWith("00-", StringComparison.Ordinal)
        && (text[TraceIdEnd], text[SpanIdEnd]) == ('-', '-')
        && ActivityContext.TryParse(text, traceState: null, out _);

    /// <summary>
    /// Starts the span of a request. It continues the trace of its client, if the client has sent one, and not a span
    /// of the web server, which may be one that nobody collects. Call it in an async method, because it changes
    /// <see cref="Activity.Current"/>.
    /// </summary>
    /// <returns>Null if nobody collects this trace.</returns>
    public static Activity? StartRequest(string name, string? traceParent, string? traceState)
    {
        Activity.Current = null;
        _ = ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var client);
        return IfSampled(_source.StartActivity(name, ActivityKind.Server, client));
    }

    /// <summary>Starts a span below the one that this thread is in.</summary>
    /// <returns>Null if nobody collects this trace.</returns>
    public static Activity? Start(string name, ActivityKind kind) =>
        Activity.Current is null ? null : IfSampled(_source.StartActivity(name, kind));

    /// <summary>Starts a span below <paramref name="parent"/>.</summary>
    /// <returns>Null if nobody collects this trace, or there is no parent.</returns>
    public static Activity? Start(string name, ActivityKind kind, string? parent) =>
        ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var context)
            ? IfSampled(_source.StartActivity(name, kind, context))
            : null;

    /// <summary>Records a span that has ended. It does not change <see cref="Activity.Current"/>.</summary>
    /// <param name="name">What was done.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="parent">The <c>traceparent</c> that it is below.</param>
    /// <param name="start">When it started.</param>
    /// <param name="end">When it ended.</param>
    /// <param name="tags">What else is known of it.</param>
    public static void Record(
        string name,
        ActivityKind kind,
        string parent,
        DateTimeOffset start,
        DateTimeOffset end,
        params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var context))
        {
            return;
        }

        using var span = IfSampled(_source.StartActivity(name, kind, context, startTime: start));
        foreach (var (tag, value) in tags)
        {
            span?.SetTag(tag, value);
        }

        span?.SetEndTime(end.UtcDateTime);
    }

    // A span that is not sampled would only carry its trace on.
    private static Activity? IfSampled(Activity? span)
    {
        if (span is { Recorded: false })
        {
            span.Dispose();
            return null;
        }

        return span;
    }
}
