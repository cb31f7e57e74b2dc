using System.Buffers;

namespace LiveStreams.Api.Publish;

/// <summary>Reads a request body whole, up to a bound.</summary>
internal static class BodyData
{
    /// <summary>The body, or null when it has more than <paramref name="maxBytes"/>. At most that much is held.</summary>
    /// <exception cref="BadHttpRequestException">The body ended early.</exception>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync();
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
}
