using System.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The <c>id:</c> line of a stream of several pages (<see cref="PagePositions"/>): an entry for each page whose
/// position is known, and the time if it has patterns. It is kept as text, because it is written with every event;
/// mostly one entry changes, and its length does not.
/// </summary>
internal sealed class PositionLine(int pages, bool hasTime)
{
    private const int LineEndLength = 1;

    // The entry of a page is between its start and the next page's. It is empty while the position is not known.
    private readonly short[] _starts = NewStarts(pages);
    private byte[] _line = [.. Prefix, .. hasTime ? PositionTime.Write(unixSeconds: 0) : [], (byte)'\n'];

    public bool IsEmpty => _starts[0] == _starts[^1] && !hasTime;

    /// <summary>The whole line.</summary>
    public ReadOnlySpan<byte> Bytes => _line;

    /// <summary>The position: the value of the field.</summary>
    public string Text => Encoding.ASCII.GetString(_line.AsSpan(FieldLength..^LineEndLength));

    private static ReadOnlySpan<byte> Prefix => "id: ."u8;

    private static int FieldLength => Prefix.Length - 1;

    /// <summary>Sets the position in one page.</summary>
    public void Set(int index, int pageTag, UpdateId position)
    {
        Span<byte> text = stackalloc byte[PositionEntry.MaxLength];
        text = text[..PositionEntry.Of(pageTag, position).Write(text)];
        var entry = _line.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);
        if (entry.Length != text.Length)
        {
            entry = Resize(index, text.Length);
        }

        text.CopyTo(entry);
    }

    /// <summary>Sets the time. The line must have one.</summary>
    public void SetTime(long unixSeconds) => PositionTime.Write(unixSeconds).CopyTo(_line.AsSpan(_starts[^1]));

    private Span<byte> Resize(int index, int length)
    {
        var (start, end) = (_starts[index], _starts[index + 1]);
        var change = (short)(length - (end - start));
        var line = new byte[_line.Length + change];
        _line.AsSpan(0, start).CopyTo(line);
        _line.AsSpan(end).CopyTo(line.AsSpan(start + length));
        for (var later = index + 1; later < _starts.Length; later++)
        {
            _starts[later] += change;
        }

        _line = line;
        return line.AsSpan(start, length);
    }

    private static short[] NewStarts(int pages)
    {
        var starts = new short[pages + 1];
        Array.Fill(starts, (short)Prefix.Length);
        return starts;
    }
}
