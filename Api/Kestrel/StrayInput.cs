namespace LiveStreams.Api.Kestrel;

/// <summary>
/// What a client has sent during its event stream, which should be nothing. A line end right after the request is
/// ignored: some clients send one that does not belong there (RFC 9112 §2.2).
/// </summary>
internal struct StrayInput
{
    private const int MaxLineEndBytes = 2;

    private byte _lineEndBytes;

    /// <summary>Whether these bytes may be ignored. Otherwise the client must be disconnected.</summary>
    public bool MayIgnore(ReadOnlySpan<byte> bytes)
    {
        _lineEndBytes += (byte)Math.Min(bytes.Length, MaxLineEndBytes + 1);
        return _lineEndBytes <= MaxLineEndBytes && bytes.IndexOfAnyExcept("\r\n"u8) < 0;
    }
}
