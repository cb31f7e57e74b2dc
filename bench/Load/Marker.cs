using System.Buffers.Binary;

namespace LiveStreams.Bench.Load;

/// <summary>
/// The start of every update's data, by which a subscriber finds and identifies the updates in its stream:
/// <code>
/// marker = "~" 8digit          ; the update's number; nothing else in a stream contains "~"
/// </code>
/// </summary>
internal static class Marker
{
    public const byte Start = (byte)'~';
    public const int Digits = 8;
    public const int Length = 1 + Digits;

    public static void Write(Span<byte> text, int number)
    {
        text[0] = Start;
        WriteDigits(text[1..], number);
    }

    public static void WriteDigits(Span<byte> text, int number)
    {
        for (var i = Digits - 1; i >= 0; i--)
        {
            (number, var digit) = int.DivRem(number, 10);
            text[i] = (byte)('0' + digit);
        }
    }

    /// <summary>
    /// Reads eight digits at once: each of the three multiplications joins neighbours in the word, first digits to
    /// pairs, then pairs to fours, then fours to the number.
    /// </summary>
    public static int ReadDigits(ReadOnlySpan<byte> text)
    {
        var word = BinaryPrimitives.ReadUInt64LittleEndian(text) - 0x3030_3030_3030_3030;
        if (((word | (word + 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080) != 0)
        {
            throw new BenchException("A marker must be followed by eight digits.");
        }

        word = ((word * 10) + (word >> 8)) & 0x00FF_00FF_00FF_00FF;
        word = ((word * 100) + (word >> 16)) & 0x0000_FFFF_0000_FFFF;
        return (int)(((word * 10_000) + (word >> 32)) & 0xFFFF_FFFF);
    }
}
