using System.Text;
using System.Text.Json;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>What to stream: pages and patterns, the events of them, and from where.</summary>
internal sealed record TailRequest(IReadOnlyList<string> Names, IReadOnlyList<string> Events, TailStart Start)
{
    /// <summary>The page, if it is only one; null if the stream is one of several pages.</summary>
    public string? Page => Names is [var name] && !IsPattern(name) ? name : null;

    /// <summary>What is streamed, in words.</summary>
    public string Description => string.Join(", ", Names);

    /// <summary>
    /// Creates the request that continues after <paramref name="position"/>, or the first one if that is null.
    /// </summary>
    public HttpRequestMessage Create(string? position)
    {
        var query = position is null ? Start.Query : null;
        var request = Page is { } page ? CreateForOne(page, query) : CreateForSeveral(query);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if ((position ?? Start.Id) is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        }

        return request;
    }

    private static bool IsPattern(string name) => name.EndsWith('*');

    private HttpRequestMessage CreateForOne(string page, string? query)
    {
        var parameters = Events.Select(name => $"event={Uri.EscapeDataString(name)}");
        return new HttpRequestMessage(
            HttpMethod.Get,
            $"{ServerClient.PathOf(page)}/events{QueryOf(query is null ? parameters : parameters.Prepend(query))}");
    }

    // By POST, because the list may be too long for a URL.
    private HttpRequestMessage CreateForSeveral(string? query) => new(
        HttpMethod.Post, $"events{QueryOf(query is null ? [] : [query])}")
    {
        Content = new StringContent(
            JsonSerializer.Serialize(new Dictionary<string, IEnumerable<string>>
            {
                ["pages"] = Names.Where(name => !IsPattern(name)),
                ["patterns"] = Names.Where(IsPattern),
                ["events"] = Events,
            }),
            Encoding.UTF8,
            "application/json"),
    };

    private static string QueryOf(IEnumerable<string> parameters) =>
        string.Join('&', parameters) is { Length: > 0 } text ? $"?{text}" : "";
}
