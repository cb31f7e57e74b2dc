namespace LiveStreams.Core.FanOut;

/// <summary>
/// Enumerates the lines of data, which end at CR, LF or CRLF (end-of-line of the WHATWG HTML standard, §9.2.5). Empty
/// data is one empty line.
/// </summary>
internal ref struct DataLines(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;
    private bool _done;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly DataLines GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_done)
        {
            return false;
        }

        var end = _rest.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            Current = _rest;
            _done = true;
            return true;
        }

        Current = _rest[..end];
        var isCrLf = _rest[end] == '\r' && end + 1 < _rest.Length && _rest[end + 1] == '\n';
        _rest = _rest[(end + (isCrLf ? 2 : 1))..];
        return true;
    }
}
