using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LiveStreams.Api.Publish;

/// <summary>Reads a request body whole, up to a bound.</summary>
internal static class BodyData
{
    /// <summary>The body, or null when it has more than <paramref name="maxBytes"/>. At most that much is held.</summary>
    /// <exception cref="BadHttpRequestException">The body ended early, or is none.</exception>
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

    // What Kestrel (.NET 10) finds wrong in a body is not always a BadHttpRequestException: the size of a chunk that does not fit into 32 bits is an I/O error, a trailer that
    // is not UTF-8 an invalid operation. They are bad requests all the same.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader body)
    {
        try
        {
            return await body.ReadAsync();
        }
        catch (Exception exception) when (exception is InvalidOperationException or (IOException and not (BadHttpRequestException or ConnectionResetException)))
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }
}
