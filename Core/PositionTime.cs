namespace LiveStreams.Core;

/// <summary>
/// The end of a position in pages that are followed by patterns: <c>~</c> and a moment in Unix seconds, as 6
/// <see cref="PositionDigits"/>.
/// </summary>
internal static class PositionTime
{
    private const char Mark = '~';
    private const int Digits = 6;

    /// <summary>The text as ASCII.</summary>
    public static byte[] Write(long unixSeconds)
    {
        var text = new byte[1 + Digits];
        text[0] = (byte)Mark;
        PositionDigits.Write(text.AsSpan(1), unixSeconds);
        return text;
    }

    /// <summary>
    /// Removes the time from the end of a position, and returns it. Null if there is none; then nothing is removed.
    /// </summary>
    public static long? TryTakeEnd(ref ReadOnlySpan<char> text)
    {
        var start = text.Length - 1 - Digits;
        if (start < 0 || text[start] != Mark)
        {
            return null;
        }

        var digits = text[(start + 1)..];
        if (!PositionDigits.TryRead(ref digits, Digits, out var unixSeconds))
        {
            return null;
        }

        text = text[..start];
        return unixSeconds;
    }
}
