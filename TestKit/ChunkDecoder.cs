using System.Globalization;
using System.Text;

namespace LiveStreams.TestKit;

/// <summary>
/// Decodes a chunked body (RFC 9112 §7.1) of ASCII that arrives in parts, and fails at the first byte out of place.
/// </summary>
public sealed class ChunkDecoder
{
    private string _rest = "";

    /// <summary>The last chunk has arrived: the body is complete.</summary>
    public bool HasEnded { get; private set; }

    public string Decode(string part)
    {
        _rest += part;
        var data = new StringBuilder();
        while (!HasEnded && _rest.IndexOf("\r\n", StringComparison.Ordinal) is >= 0 and var sizeLength)
        {
            var size = int.Parse(
                _rest.AsSpan(0, sizeLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var end = sizeLength + 2 + size;
            if (_rest.Length < end + 2)
            {
                break;
            }

            Assert.Equal("\r\n", _rest.Substring(end, 2));
            data.Append(_rest, sizeLength + 2, size);
            _rest = _rest[(end + 2)..];
            HasEnded = size == 0;
        }

        Assert.False(HasEnded && _rest.Length > 0, $"Bytes after the last chunk: {_rest}");
        return data.ToString();
    }
}
