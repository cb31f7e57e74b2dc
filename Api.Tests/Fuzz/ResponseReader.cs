using System.Buffers;
using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Reads the responses on one connection, strictly (RFC 9112). An invalid response, a header that this server never
/// sends, and a status that no input may cause throw a <see cref="FuzzException"/>. So it notices request bytes that
/// leak into a response's head, and a response that is longer or shorter than it declares.
/// </summary>
internal sealed class ResponseReader
{
    /// <summary>The only allowed status over 499: the response to an invalid HTTP version (RFC 9110 §15.6.6).</summary>
    private const int VersionNotSupported = 505;

    private static readonly HashSet<string> _headers = new(StringComparer.OrdinalIgnoreCase)
    {
        "Allow", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control", "Connection",
        "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Resource-Policy", "Date", "ETag",
        "Expires", "Last-Event-ID", "Link", "Location", "Pragma", "Referrer-Policy", "Retry-After", "Transfer-Encoding",
        "Last-Modified", "Vary", "X-Accel-Buffering", "WWW-Authenticate", "X-Content-Type-Options",
    };

    private readonly ArrayBufferWriter<byte> _received = new(64 * 1024);

    /// <summary>The number of complete responses, without those of status 1xx.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// No response follows on this connection: an event stream has begun, or the response closes the connection.
    /// </summary>
    public bool IsComplete { get; private set; }

    public Memory<byte> GetBuffer() => _received.GetMemory(16 * 1024);

    /// <summary>Parses the responses that are complete after <paramref name="bytes"/> more bytes.</summary>
    public void Advance(int bytes)
    {
        _received.Advance(bytes);
        var rest = _received.WrittenSpan;
        while (!IsComplete && TryRead(ref rest))
        {
        }

        if (rest.Length < _received.WrittenCount)
        {
            var left = rest.ToArray();
            _received.ResetWrittenCount();
            _received.Write(IsComplete ? [] : left);
        }
    }

    private bool TryRead(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var lines = Encoding.Latin1.GetString(rest[..end]).Split("\r\n");
        var status = ParseStatus(lines[0], rest);
        var headers = ParseHeaders(lines);
        var body = rest[(end + 4)..];
        if (status is >= 100 and < 200)
        {
            rest = body;
            return true;
        }

        var contentType = headers.GetValueOrDefault("Content-Type", "");
        var isStream = contentType.StartsWith("text/event-stream", StringComparison.Ordinal);
        if (!isStream && !TrySkipBody(status, headers, ref body))
        {
            return false;
        }

        Count++;
        IsComplete = isStream || headers.GetValueOrDefault("Connection") == "close";
        rest = body;
        return true;
    }

    private static int ParseStatus(string line, ReadOnlySpan<byte> response)
    {
        if (!line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new FuzzException($"This is not a response: {line}");
        }

        if (status is not (>= 100 and < 500 or VersionNotSupported))
        {
            var begin = response[..Math.Min(response.Length, 1000)];
            throw new FuzzException($"The server must not respond with {Encoding.UTF8.GetString(begin)}");
        }

        return status;
    }

    private static Dictionary<string, string> ParseHeaders(string[] lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || !_headers.Contains(line[..colon]) || line.Any(char.IsControl))
            {
                throw new FuzzException($"The response has a header that the server never sends: {line}");
            }

            headers[line[..colon]] = line[(colon + 2)..];
        }

        return headers;
    }

    private static bool TrySkipBody(int status, Dictionary<string, string> headers, ref ReadOnlySpan<byte> rest)
    {
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            return TrySkipChunks(ref rest);
        }

        // A response without a length: 204, 304, or one that ends with the connection.
        var length = status is 204 or 304
            ? 0
            : int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        if (rest.Length < length)
        {
            return false;
        }

        rest = rest[length..];
        return true;
    }

    private static bool TrySkipChunks(ref ReadOnlySpan<byte> rest)
    {
        var chunks = rest;
        while (chunks.IndexOf("\r\n"u8) is >= 0 and var sizeLength)
        {
            var text = Encoding.Latin1.GetString(chunks[..sizeLength]);
            if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
            {
                throw new FuzzException($"The size of a chunk is not a number: {text}");
            }

            var end = sizeLength + 2 + size;
            if (chunks.Length < end + 2)
            {
                return false;
            }

            chunks = chunks[(end + 2)..];
            if (size == 0)
            {
                rest = chunks;
                return true;
            }
        }

        return false;
    }
}
