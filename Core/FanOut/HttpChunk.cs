using System.Buffers.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The chunks of an HTTP/1.1 body of unknown length (RFC 9112 §7.1):
/// <code>
/// chunk      = size CRLF data CRLF         ; size in hexadecimal digits
/// last-chunk = "0" CRLF CRLF
/// </code>
/// </summary>
internal static class HttpChunk
{
    /// <summary>The bytes after the data of a chunk.</summary>
    public const int LineEndLength = 2;

    private const int MaxSizeLength = 8;

    /// <summary>The most bytes that a chunk has in addition to its data.</summary>
    public const int MaxOverhead = MaxSizeLength + LineEndLength + LineEndLength;

    public static ReadOnlySpan<byte> Last => "0\r\n\r\n"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>
    /// Creates a chunk of <paramref name="length"/> data bytes, which the caller writes to <paramref name="data"/>.
    /// </summary>
    public static byte[] Create(int length, out Span<byte> data)
    {
        Span<byte> size = stackalloc byte[MaxSizeLength];
        Utf8Formatter.TryFormat(length, size, out var sizeLength, 'x');
        var chunk = new byte[sizeLength + LineEndLength + length + LineEndLength];
        size[..sizeLength].CopyTo(chunk);
        data = WriteLineEnds(chunk, sizeLength, length);
        return chunk;
    }

    /// <summary>The data inside a chunk.</summary>
    public static ReadOnlySpan<byte> GetData(byte[] chunk, int length) =>
        chunk.AsSpan(chunk.Length - LineEndLength - length, length);

    /// <summary>
    /// Writes one chunk and returns its length. <paramref name="data"/> must not be empty: an empty chunk would be
    /// the last.
    /// </summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> data)
    {
        Utf8Formatter.TryFormat(data.Length, destination, out var sizeLength, 'x');
        data.CopyTo(WriteLineEnds(destination, sizeLength, data.Length));
        return sizeLength + LineEndLength + data.Length + LineEndLength;
    }

    // Returns the span of the data.
    private static Span<byte> WriteLineEnds(Span<byte> chunk, int sizeLength, int length)
    {
        var start = sizeLength + LineEndLength;
        LineEnd.CopyTo(chunk[sizeLength..]);
        LineEnd.CopyTo(chunk[(start + length)..]);
        return chunk.Slice(start, length);
    }
}
