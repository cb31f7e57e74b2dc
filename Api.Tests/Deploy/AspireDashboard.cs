using System.Net;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary>A span that the dashboard has received.</summary>
internal sealed record ReceivedSpan(string Resource, string Name, string TraceId, string SpanId, string? ParentId);

/// <summary>
/// What the Aspire dashboard has received by OTLP, read through its telemetry API, which responds with OTLP as JSON
/// (https://aspire.dev/dashboard/apis/).
/// </summary>
internal sealed class AspireDashboard(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>The spans of a trace, from all processes.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> ReadSpansAsync(string traceId) =>
    [
        .. from item in await ReadAsync($"spans?traceId={traceId}", "resourceSpans", "scopeSpans", "spans")
           let span = item.Value
           select new ReceivedSpan(
               item.Resource,
               span.GetProperty("name").GetString()!,
               span.GetProperty("traceId").GetString()!,
               span.GetProperty("spanId").GetString()!,
               span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null),
    ];

    /// <summary>The messages of the log of all processes.</summary>
    public async Task<IReadOnlyList<string>> ReadLogsAsync() =>
    [
        .. from item in await ReadAsync("logs", "resourceLogs", "scopeLogs", "logRecords")
           select item.Value.GetProperty("body").GetProperty("stringValue").GetString(),
    ];

    public void Dispose() => _http.Dispose();

    private async Task<IEnumerable<(string Resource, JsonElement Value)>> ReadAsync(
        string path, string resources, string scopes, string values)
    {
        using var response = await _http.GetAsync($"/api/telemetry/{path}", TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            // It has received nothing yet.
            return [];
        }

        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {text}");
        var data = JsonDocument.Parse(text).RootElement.GetProperty("data");
        return
            from resource in Items(data, resources)
            from scope in Items(resource, scopes)
            from value in Items(scope, values)
            select (NameOf(resource), value);
    }

    private static JsonElement[] Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) ? [.. items.EnumerateArray()] : [];

    private static string NameOf(JsonElement resource) =>
        resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
            .First(attribute => attribute.GetProperty("key").GetString() == "service.name")
            .GetProperty("value").GetProperty("stringValue").GetString()!;
}
