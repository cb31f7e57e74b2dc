namespace LiveStreams.Bench.Load;

/// <summary>Finds the markers in a stream's text, also those that two pieces of it share.</summary>
internal struct MarkerReader
{
    // Of a marker cut in two: how much was seen of it, and what number so far.
    private int _seen;
    private int _number;

    /// <summary>The next marker's number, and the text after it; false when all of the text has been read.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> text, out int number)
    {
        if (_seen > 0)
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

        _seen = 1;
        return TryReadRest(ref text, out number);
    }

    private bool TryReadRest(ref ReadOnlySpan<byte> text, out int number)
    {
        var read = 0;
        for (; read < text.Length && _seen < Marker.Length; read++, _seen++)
        {
            _number = (_number * 10) + (text[read] - '0');
        }

        text = text[read..];
        number = _number;
        if (_seen < Marker.Length)
        {
            return false;
        }

        (_seen, _number) = (0, 0);
        return true;
    }
}
