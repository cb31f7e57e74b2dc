using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LiveStreams.Api.Kestrel;

/// <summary>Reads a request's body completely, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>
    /// The body, or null when it has more than <paramref name="maxBytes"/>. At most that much is held in memory.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The body ended early, or is malformed.</exception>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        while (true)
        {
            var result = await ReadAsync(request.BodyReader);
            if (result.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // Kestrel (.NET 10) does not always report a malformed body as BadHttpRequestException: a chunk size that does not
    // fit into 32 bits is an IOException, a trailer that is not UTF-8 an InvalidOperationException. ChunkedBodyDrain
    // names the upstream issues; once they are fixed, this method can go.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader body)
    {
        try
        {
            return await body.ReadAsync();
        }
        catch (Exception exception) when (IsMalformedBody(exception))
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    private static bool IsMalformedBody(Exception exception) => exception
        is InvalidOperationException
        or (IOException and not (BadHttpRequestException or ConnectionResetException));
}
