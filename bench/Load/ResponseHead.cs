using System.Buffers.Text;
using System.Text;

namespace LiveStreams.Bench.Load;

/// <summary>The parts of a response's head that a client needs to read its body.</summary>
internal readonly record struct ResponseHead(int Status, bool IsChunked, long? ContentLength)
{
    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>Parses the status line and the header lines, without the empty line.</summary>
    public static ResponseHead Parse(ReadOnlySpan<byte> head)
    {
        var line = NextLine(ref head);
        if (!line.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(line[9..], out int status, out _))
        {
            throw new BenchException($"Not an HTTP response: {Encoding.UTF8.GetString(line)}");
        }

        var response = new ResponseHead(status, IsChunked: false, ContentLength: status == 204 ? 0 : null);
        while (!head.IsEmpty)
        {
            line = NextLine(ref head);
            if (StartsWith(line, "transfer-encoding: chunked"u8))
            {
                response = response with { IsChunked = true };
            }
            else if (StartsWith(line, "content-length: "u8)
                && Utf8Parser.TryParse(line["content-length: "u8.Length..], out long length, out _))
            {
                response = response with { ContentLength = length };
            }
        }

        return response;
    }

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start) =>
        line.Length >= start.Length && Ascii.EqualsIgnoreCase(line[..start.Length], start);

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf(LineEnd);
        var line = end < 0 ? head : head[..end];
        head = end < 0 ? [] : head[(end + LineEnd.Length)..];
        return line;
    }
}
