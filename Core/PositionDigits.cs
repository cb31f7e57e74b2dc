namespace LiveStreams.Core;

/// <summary>Numbers in positions: digits of Base64 for URLs (RFC 4648 §5), the highest first.</summary>
internal static class PositionDigits
{
    /// <summary>The bits of a digit.</summary>
    public const int Bits = 6;

    private const string All = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Writes the lowest digits of a number, as many as there is room for.</summary>
    public static void Write(Span<byte> destination, long value)
    {
        for (var i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = (byte)All[(int)(value % All.Length)];
            value /= All.Length;
        }
    }

    /// <summary>Reads a number of at most 10 digits from the start of a text; false if it does not begin so.</summary>
    /// <param name="text">The text, without the digits after true.</param>
    /// <param name="count">The number of digits.</param>
    /// <param name="value">The number.</param>
    public static bool TryRead(ref ReadOnlySpan<char> text, int count, out long value)
    {
        value = 0;
        if (text.Length < count)
        {
            return false;
        }

        foreach (var character in text[..count])
        {
            var digit = All.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = (value * All.Length) + digit;
        }

        text = text[count..];
        return true;
    }
}
