using System.Text;

namespace LiveStreams.Bench.Load;

/// <summary>
/// The bytes of a publish to one page, built once; for each update only its number is written into them.
/// </summary>
internal sealed class UpdateRequest
{
    private readonly byte[] _bytes;
    private readonly int _keyOffset;
    private readonly int _markerOffset;

    /// <param name="path">Path to post to.</param>
    /// <param name="dataBytes">Size of the update's data, including its marker.</param>
    /// <param name="keyPrefix">Makes this run's idempotency keys unique; null for publishes without a key.</param>
    public UpdateRequest(string path, int dataBytes, string? keyPrefix)
    {
        var key = keyPrefix is null ? "" : $"Idempotency-Key: {keyPrefix}-{new string('0', Marker.Digits)}\r\n";
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            + $"Content-Length: {dataBytes}\r\n{key}\r\n";
        _bytes = Encoding.ASCII.GetBytes(head + CreateData(0, dataBytes));
        _markerOffset = head.Length;
        _keyOffset = keyPrefix is null ? -1 : head.Length - "\r\n\r\n".Length - Marker.Digits;
    }

    /// <summary>Returns an update's data: its marker, then padding.</summary>
    public static string CreateData(int number, int bytes) => string.Create(bytes, number, static (text, number) =>
    {
        text.Fill('x');
        Span<byte> marker = stackalloc byte[Marker.Length];
        Marker.Write(marker, number);
        Encoding.ASCII.GetChars(marker, text);
    });

    /// <summary>Returns the request for the update of this number; valid until the next call.</summary>
    public ReadOnlySpan<byte> ForUpdate(int number)
    {
        Marker.Write(_bytes.AsSpan(_markerOffset), number);
        if (_keyOffset >= 0)
        {
            Marker.WriteDigits(_bytes.AsSpan(_keyOffset), number);
        }

        return _bytes;
    }
}
