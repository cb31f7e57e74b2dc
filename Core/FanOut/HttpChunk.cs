using System.Buffers.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The chunks of an HTTP/1.1 body whose length is not known (RFC 9112 §7.1):
/// <code>
/// chunk      = size CRLF data CRLF         ; size in hexadecimal digits
/// last-chunk = "0" CRLF CRLF
/// </code>
/// </summary>
internal static class HttpChunk
{
    private const int MaxSizeLength = 8;
    private const int LineEndLength = 2;

    /// <summary>The most bytes a chunk has beside its data.</summary>
    public const int MaxFraming = MaxSizeLength + LineEndLength + LineEndLength;

    public static ReadOnlySpan<byte> Last => "0\r\n\r\n"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>A chunk for so many bytes, which are to be written to <paramref name="data"/>.</summary>
    public static byte[] For(int length, out Span<byte> data)
    {
        Span<byte> size = stackalloc byte[MaxSizeLength];
        Utf8Formatter.TryFormat(length, size, out var sizeLength, 'x');
        var chunk = new byte[sizeLength + LineEndLength + length + LineEndLength];
        size[..sizeLength].CopyTo(chunk);
        data = Frame(chunk, sizeLength, length);
        return chunk;
    }

    /// <summary>The data inside a chunk.</summary>
    public static ReadOnlySpan<byte> DataOf(byte[] chunk, int length) => chunk.AsSpan(chunk.Length - LineEndLength - length, length);

    /// <summary>Writes one chunk, which must have data: an empty one would be the last. Returns its length.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> data)
    {
        Utf8Formatter.TryFormat(data.Length, destination, out var sizeLength, 'x');
        data.CopyTo(Frame(destination, sizeLength, data.Length));
        return sizeLength + LineEndLength + data.Length + LineEndLength;
    }

    // Writes the line ends of a chunk whose size is written, and returns the place of its data.
    private static Span<byte> Frame(Span<byte> chunk, int sizeLength, int length)
    {
        var start = sizeLength + LineEndLength;
        LineEnd.CopyTo(chunk[sizeLength..]);
        LineEnd.CopyTo(chunk[(start + length)..]);
        return chunk.Slice(start, length);
    }
}
