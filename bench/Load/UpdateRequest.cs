using System.Text;

namespace LiveStreams.Bench.Load;

/// <summary>The bytes of a publish to one page, made once; each update only has its number written into them.</summary>
internal sealed class UpdateRequest
{
    private readonly byte[] _bytes;
    private readonly int _keyAt;
    private readonly int _markerAt;

    /// <param name="path">Where to post.</param>
    /// <param name="dataBytes">Size of the update's data, the marker included.</param>
    /// <param name="keyPrefix">What makes the idempotency keys of this run its own; null: without keys.</param>
    public UpdateRequest(string path, int dataBytes, string? keyPrefix)
    {
        var key = keyPrefix is null ? "" : $"Idempotency-Key: {keyPrefix}-{new string('0', Marker.Digits)}\r\n";
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: {dataBytes}\r\n{key}\r\n";
        _bytes = Encoding.ASCII.GetBytes(head + Data(0, dataBytes));
        _markerAt = head.Length;
        _keyAt = keyPrefix is null ? -1 : head.Length - "\r\n\r\n".Length - Marker.Digits;
    }

    /// <summary>An update's data: its marker, and filling.</summary>
    public static string Data(int number, int bytes) => string.Create(bytes, number, static (text, number) =>
    {
        text.Fill('x');
        Span<byte> marker = stackalloc byte[Marker.Length];
        Marker.Write(marker, number);
        Encoding.ASCII.GetChars(marker, text);
    });

    /// <summary>The request for the update of this number; valid until the next.</summary>
    public ReadOnlySpan<byte> Number(int number)
    {
        Marker.Write(_bytes.AsSpan(_markerAt), number);
        if (_keyAt >= 0)
        {
            Marker.WriteDigits(_bytes.AsSpan(_keyAt), number);
        }

        return _bytes;
    }
}
