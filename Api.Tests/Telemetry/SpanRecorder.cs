using System.Collections.Concurrent;
using System.Diagnostics;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// A client that sends <c>traceparent</c>, and the spans of its trace in this process. Servers in the process share
/// .NET's spans, so those of other traces are not recorded. It samples as OpenTelemetry does: as the parent.
/// </summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public SpanRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == UpdateTrace.SourceName,
            Sample = (ref options) =>
                options.TraceId != TraceId ? ActivitySamplingResult.None
                : options.Parent.TraceFlags == ActivityTraceFlags.Recorded ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData,
            ActivityStopped = span =>
            {
                if (span.Recorded)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId TraceId { get; } = ActivityTraceId.CreateRandom();

    /// <summary>The client's own span, which the server does not see.</summary>
    public ActivitySpanId ClientSpan { get; } = ActivitySpanId.CreateRandom();

    public IReadOnlyList<Activity> Spans => [.. _spans];

    /// <summary>Sends a request as a part of the trace.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        ApiClient client, HttpMethod method, string path, HttpContent content, bool isSampled = true)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("traceparent", $"00-{TraceId}-{ClientSpan}-{(isSampled ? "01" : "00")}");
        return await client.SendAsync(request);
    }

    /// <summary>Waits until there are this many spans of a name.</summary>
    public async Task<IReadOnlyList<Activity>> WaitForAsync(string name, int count)
    {
        await Wait.UntilAsync(
            () => Spans.Count(span => span.OperationName == name) >= count,
            $"there are {count} spans '{name}'");
        return [.. Spans.Where(span => span.OperationName == name)];
    }

    public Activity Single(string name) => Assert.Single(Spans, span => span.OperationName == name);

    public void Dispose() => _listener.Dispose();
}
