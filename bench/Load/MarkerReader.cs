namespace LiveStreams.Bench.Load;

/// <summary>Finds the markers in a stream that is read in pieces, including markers split over two pieces.</summary>
internal struct MarkerReader
{
    // State of a marker split over pieces: the bytes read so far, and the number they make.
    private int _read;
    private int _number;

    /// <summary>
    /// Finds the next marker and moves <paramref name="text"/> past it; false when the whole text has been read.
    /// </summary>
    public bool TryRead(ref ReadOnlySpan<byte> text, out int number)
    {
        if (_read > 0)
        {
            return TryReadRest(ref text, out number);
        }

        var start = text.IndexOf(Marker.Start);
        if (start < 0)
        {
            text = [];
            number = 0;
            return false;
        }

        text = text[(start + 1)..];
        if (text.Length >= Marker.Digits)
        {
            number = Marker.ReadDigits(text);
            text = text[Marker.Digits..];
            return true;
        }

        _read = 1;
        return TryReadRest(ref text, out number);
    }

    private bool TryReadRest(ref ReadOnlySpan<byte> text, out int number)
    {
        var position = 0;
        for (; position < text.Length && _read < Marker.Length; position++, _read++)
        {
            _number = (_number * 10) + (text[position] - '0');
        }

        text = text[position..];
        number = _number;
        if (_read < Marker.Length)
        {
            return false;
        }

        (_read, _number) = (0, 0);
        return true;
    }
}
