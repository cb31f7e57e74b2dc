using System.Runtime.CompilerServices;
using System.Text;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The text of one event (grammar: <see cref="EventEncoder"/>). The length is known before the text is written, so
/// the text can be written directly to its final buffer.
/// </summary>
internal readonly ref struct EventText
{
    /// <summary>The bytes after the last line of the data: its end, and the empty line.</summary>
    public const int EndLength = 2;

    private const byte LF = (byte)'\n';

    private readonly string? _name;
    private readonly ReadOnlySpan<byte> _data;
    private readonly IdText _id;
    private readonly int _idLength;

    /// <param name="position">The value of its <c>id:</c> field, also 0; null for no field.</param>
    /// <param name="name">The value of its <c>event:</c> field; null for no field.</param>
    /// <param name="data">Its data, one <c>data:</c> field for each line.</param>
    public EventText(UpdateId? position, string? name, ReadOnlySpan<byte> data)
    {
        _name = name;
        _data = data;
        position?.TryFormat(_id, out _idLength);
        Length = (_idLength == 0 ? 0 : IdField.Length + _idLength + 1)
            + (name is null ? 0 : EventField.Length + Encoding.UTF8.GetByteCount(name) + 1)
            + GetDataLength(data)
            + 1;
    }

    /// <summary>The length in bytes.</summary>
    public int Length { get; }

    private static ReadOnlySpan<byte> IdField => "id: "u8;

    private static ReadOnlySpan<byte> EventField => "event: "u8;

    private static ReadOnlySpan<byte> DataField => "data: "u8;

    /// <summary>Writes the text to the first <see cref="Length"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        var rest = destination;
        if (_idLength > 0)
        {
            ReadOnlySpan<byte> id = _id;
            WriteField(ref rest, IdField, id[.._idLength]);
        }

        if (_name is not null)
        {
            WriteField(ref rest, EventField, Encoding.UTF8.GetBytes(_name));
        }

        foreach (var line in new DataLines(_data))
        {
            WriteField(ref rest, DataField, line);
        }

        rest[0] = LF;
    }

    /// <summary>The data of an event's text. Its lines end with LF.</summary>
    public static byte[] ReadData(ReadOnlySpan<byte> text)
    {
        var data = new byte[text.Length];
        var length = 0;
        foreach (var range in text.Split(LF))
        {
            var line = text[range];
            if (line.StartsWith(DataField))
            {
                line = line[DataField.Length..];
                line.CopyTo(data.AsSpan(length));
                length += line.Length;
                data[length++] = LF;
            }
        }

        return data[..(length - 1)];
    }

    private static int GetDataLength(ReadOnlySpan<byte> data)
    {
        var length = 0;
        foreach (var line in new DataLines(data))
        {
            length += DataField.Length + line.Length + 1;
        }

        return length;
    }

    private static void WriteField(ref Span<byte> rest, ReadOnlySpan<byte> field, scoped ReadOnlySpan<byte> value)
    {
        field.CopyTo(rest);
        value.CopyTo(rest[field.Length..]);
        rest[field.Length + value.Length] = LF;
        rest = rest[(field.Length + value.Length + 1)..];
    }

    [InlineArray(UpdateId.MaxTextLength)]
    private struct IdText
    {
        private byte _first;
    }
}
