using System.Net.Http.Headers;

namespace LiveStreams.Api.Tool.Publishing;

/// <summary>Publishes updates of one event name to one page.</summary>
internal sealed class UpdatePublisher(ServerClient server, string page, string? eventName)
{
    /// <summary>Publishes one update and returns its id.</summary>
    /// <exception cref="ServerException">The server did not publish it, or did not say so.</exception>
    public async Task<string> PublishAsync(byte[] data, string? key, CancellationToken cancellationToken)
    {
        var query = eventName is null ? "" : $"?event={Uri.EscapeDataString(eventName)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ServerClient.PathOf(page)}/updates{query}")
        {
            Content = new ByteArrayContent(data)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain", "utf-8") },
            },
        };
        if (key is not null && !request.Headers.TryAddWithoutValidation("Idempotency-Key", key))
        {
            throw new ToolException("The key is not one that HTTP can send: use 1 to 128 printable ASCII characters.");
        }

        using var response = await server.SendAsync(request, cancellationToken);
        var published = await ServerJson.ReadAsync(
            response, PublishedUpdateJson.Default.PublishedUpdate, cancellationToken);
        return published.Id;
    }
}
