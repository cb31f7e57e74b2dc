using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace LiveStreams.TestKit;

/// <summary>One open event stream, read event by event with .NET's own parser.</summary>
public sealed class EventStream : IAsyncDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);
    private readonly Stream _body;
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _body = body;
        _parser = SseParser.Create(body);
        _events = _parser.EnumerateAsync().GetAsyncEnumerator();
    }

    public HttpResponseMessage Response { get; }

    /// <summary>The position as an EventSource keeps it: the last id, also of a block that fired no event.</summary>
    public string LastEventId => _parser.LastEventId;

    public TimeSpan ReconnectionInterval => _parser.ReconnectionInterval;

    public string StartedFrom => Assert.Single(Response.Headers.GetValues("Last-Event-ID"));

    public static Task<EventStream> OpenAsync(HttpClient http, string path, string? lastEventId) =>
        OpenAsync(http, HttpMethod.Get, path, lastEventId, body: null);

    /// <summary>Opens a stream of several pages, whose list is sent as a body.</summary>
    /// <param name="http">The client.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="bodyBytes">The length that the body is filled up to.</param>
    /// <param name="lastEventId">The position to resume from, or null.</param>
    public static Task<EventStream> PostAsync(
        HttpClient http, IEnumerable<string> pages, int bodyBytes = 0, string? lastEventId = null) => OpenAsync(
            http,
            HttpMethod.Post,
            "/events",
            lastEventId,
            new StringContent(
                JsonSerializer.Serialize(new { pages }).PadRight(bodyBytes), Encoding.UTF8, "application/json"));

    private static async Task<EventStream> OpenAsync(
        HttpClient http, HttpMethod method, string path, string? lastEventId, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body,
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var cancellation = TestContext.Current.CancellationToken;
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return new EventStream(response, await response.Content.ReadAsStreamAsync(cancellation));
    }

    /// <summary>The next event, or null if the server ended the stream gracefully.</summary>
    public Task<SseItem<string>?> NextOrEndAsync() => NextOrEndAsync(_bound);

    /// <summary>The same, for an event that takes longer.</summary>
    public async Task<SseItem<string>?> NextOrEndAsync(TimeSpan bound) =>
        await _events.MoveNextAsync().AsTask().WaitAsync(bound) ? _events.Current : null;

    public async Task<SseItem<string>> NextAsync()
    {
        var item = await NextOrEndAsync();
        Assert.NotNull(item);
        return item.Value;
    }

    /// <summary>The next event of a stream of several pages.</summary>
    public async Task<PageEvent> NextPageEventAsync() => PageEvent.Parse(await NextAsync());

    /// <summary>The page and the data of the next event of such a stream.</summary>
    public async Task<(string Page, string Data)> NextPageDataAsync()
    {
        var next = await NextPageEventAsync();
        return (next.Page, next.Data);
    }

    public async Task<string[]> NextDataAsync(int count)
    {
        var data = new string[count];
        for (var i = 0; i < count; i++)
        {
            data[i] = (await NextAsync()).Data;
        }

        return data;
    }

    /// <summary>Reads this many updates and fails at an event that is none, such as a reset.</summary>
    public async Task<List<(long Sequence, string Data)>> CollectAsync(int updates)
    {
        var seen = new List<(long, string)>();
        while (seen.Count < updates)
        {
            var item = await NextAsync();
            Assert.Equal("message", item.EventType);
            seen.Add((ApiClient.SequenceOf(item.EventId!), item.Data));
        }

        return seen;
    }

    /// <summary>
    /// The bytes up to the next empty line, as text. A test reads either blocks or events from a stream, not both.
    /// </summary>
    public async Task<string> NextBlockAsync()
    {
        var block = new StringBuilder();
        var one = new byte[1];
        while (!block.ToString().EndsWith("\n\n", StringComparison.Ordinal))
        {
            await _body.ReadExactlyAsync(one).AsTask().WaitAsync(_bound);
            block.Append((char)one[0]);
        }

        return block.ToString();
    }

    public ValueTask DisposeAsync()
    {
        Response.Dispose();
        return ValueTask.CompletedTask;
    }
}
