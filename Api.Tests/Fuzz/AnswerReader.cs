using System.Buffers;
using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Reads the answers on one connection, strictly (RFC 9112): what is no answer, has a header that this server never sends, or a status that no input may
/// cause, is a <see cref="FuzzException"/>. So a byte of a request that gets into a head, and an answer that does not end where it says, are noticed.
/// </summary>
internal sealed class AnswerReader
{
    /// <summary>What the server itself cannot do: 505 is right for a version of HTTP that is none (RFC 9110 §15.6.6).</summary>
    private const int VersionNotSupported = 505;

    private static readonly HashSet<string> _headers = new(StringComparer.OrdinalIgnoreCase)
    {
        "Allow", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control", "Connection",
        "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Resource-Policy", "Date", "ETag", "Expires", "Last-Event-ID", "Location", "Pragma", "Referrer-Policy", "Retry-After", "Transfer-Encoding", "Vary",
        "X-Accel-Buffering", "WWW-Authenticate", "X-Content-Type-Options",
    };

    private readonly ArrayBufferWriter<byte> _received = new(64 * 1024);

    /// <summary>How many answers have come, without those of status 1xx.</summary>
    public int Count { get; private set; }

    /// <summary>The connection carries nothing more: an event stream has begun, or the answer says so.</summary>
    public bool IsLast { get; private set; }

    public Memory<byte> Room() => _received.GetMemory(16 * 1024);

    /// <summary>Takes the answers that have come whole.</summary>
    public void Received(int bytes)
    {
        _received.Advance(bytes);
        var rest = _received.WrittenSpan;
        while (!IsLast && TryTake(ref rest))
        {
        }

        if (rest.Length < _received.WrittenCount)
        {
            var left = rest.ToArray();
            _received.ResetWrittenCount();
            _received.Write(IsLast ? [] : left);
        }
    }

    private bool TryTake(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var lines = Encoding.Latin1.GetString(rest[..end]).Split("\r\n");
        var status = StatusOf(lines[0], rest);
        var headers = HeadersOf(lines);
        var body = rest[(end + 4)..];
        if (status is >= 100 and < 200)
        {
            rest = body;
            return true;
        }

        var isStream = headers.GetValueOrDefault("Content-Type")?.StartsWith("text/event-stream", StringComparison.Ordinal) is true;
        if (!isStream && !TryPassBody(status, headers, ref body))
        {
            return false;
        }

        Count++;
        IsLast = isStream || headers.GetValueOrDefault("Connection") == "close";
        rest = body;
        return true;
    }

    private static int StatusOf(string line, ReadOnlySpan<byte> answer)
    {
        if (!line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new FuzzException($"This is no answer: {line}");
        }

        return status is >= 100 and < 500 or VersionNotSupported ? status : throw new FuzzException($"The server has answered {Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, 1000)])}");
    }

    private static Dictionary<string, string> HeadersOf(string[] lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || !_headers.Contains(line[..colon]) || line.Any(char.IsControl))
            {
                throw new FuzzException($"The answer has a header that the server never sends: {line}");
            }

            headers[line[..colon]] = line[(colon + 2)..];
        }

        return headers;
    }

    private static bool TryPassBody(int status, Dictionary<string, string> headers, ref ReadOnlySpan<byte> rest)
    {
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            return TryPassChunks(ref rest);
        }

        // Without a length: 204, 304, or the connection ends it.
        var length = status is 204 or 304 ? 0 : int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        if (rest.Length < length)
        {
            return false;
        }

        rest = rest[length..];
        return true;
    }

    private static bool TryPassChunks(ref ReadOnlySpan<byte> rest)
    {
        var chunks = rest;
        while (chunks.IndexOf("\r\n"u8) is >= 0 and var sizeLength)
        {
            if (!int.TryParse(chunks[..sizeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
            {
                throw new FuzzException($"A chunk's size is not a number: {Encoding.Latin1.GetString(chunks[..sizeLength])}");
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
