using System.Net;
using System.Text.Json;

namespace LiveStreams.Api.Tool;

/// <summary>Reads why a server refused a request: problem JSON (RFC 9457), or only the status.</summary>
internal static class ServerRefusal
{
    private const int MaxProblemBytes = 64 * 1024;

    public static async Task<ServerException> ReadAsync(
        HttpResponseMessage response, string server, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        var message = await FindProblemAsync(response, cancellationToken)
            ?? $"{server} responds with {(int)status} {response.ReasonPhrase}.";
        if (response.Headers.Location is { } location)
        {
            message = $"{server} redirects to {location}: use --server with the address at which the server is.";
        }
        else if (status == HttpStatusCode.Unauthorized)
        {
            message = $"{message} Set {TokenSource.Variable}, or use --token-file.";
        }

        return new ServerException(
            message, IsTemporary(status), (int)status, response.Headers.RetryAfter?.Delta);
    }

    private static bool IsTemporary(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static async Task<string?> FindProblemAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(MaxProblemBytes, cancellationToken);
            using var document = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancellationToken));
            return Member(document.RootElement, "detail") ?? Member(document.RootElement, "title");
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException)
        {
            // The status says enough.
            return null;
        }
    }

    private static string? Member(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object
        && problem.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
