namespace LiveStreams.Bench.Load;

/// <summary>
/// Reads one HTTP/1.1 response in pieces of any size, and returns its body without copying it (RFC 9112 §6: chunked, of
/// a known length, or until the connection closes). Chunk sizes are not part of the body, so they cannot be mistaken
/// for markers. Trailers are not supported: no server here sends any.
/// </summary>
internal struct ResponseReader
{
    private byte[]? _partialHead;
    private Phase _phase;
    private long _remaining;

    private enum Phase
    {
        Head,
        UntilClose,
        Sized,
        ChunkSize,
        Chunk,
        ChunkEnd,
        LastChunkEnd,
        Complete,
    }

    /// <summary>The status code; 0 until the head has been read.</summary>
    public int Status { get; private set; }

    public readonly bool IsComplete => _phase == Phase.Complete;

    /// <summary>
    /// Returns the next piece of the body in the received bytes; false when all of them have been read.
    /// </summary>
    public bool TryReadBody(ref ReadOnlySpan<byte> received, out ReadOnlySpan<byte> body)
    {
        body = [];
        while (!received.IsEmpty)
        {
            switch (_phase)
            {
                case Phase.Head:
                    ReadHead(ref received);
                    break;
                case Phase.UntilClose:
                    body = received;
                    received = [];
                    return true;
                case Phase.Sized or Phase.Chunk:
                    body = Take(ref received);
                    if (_remaining == 0)
                    {
                        (_phase, _remaining) = _phase == Phase.Sized ? (Phase.Complete, 0) : (Phase.ChunkEnd, 2);
                    }

                    return true;
                case Phase.ChunkEnd or Phase.LastChunkEnd:
                    Take(ref received);
                    if (_remaining == 0)
                    {
                        _phase = _phase == Phase.ChunkEnd ? Phase.ChunkSize : Phase.Complete;
                    }

                    break;
                case Phase.ChunkSize:
                    ReadChunkSize(ref received);
                    break;
                default:
                    throw new BenchException("The server sent more than its response.");
            }
        }

        return false;
    }

    private void ReadHead(ref ReadOnlySpan<byte> received)
    {
        var head = _partialHead is null ? received : [.. _partialHead, .. received];
        var end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            _partialHead = head.ToArray();
            received = [];
            return;
        }

        received = received[(end + 4 - (_partialHead?.Length ?? 0))..];
        _partialHead = null;
        var (status, isChunked, length) = ResponseHead.Parse(head[..end]);
        Status = status;
        _remaining = isChunked ? 0 : length ?? 0;
        _phase = isChunked ? Phase.ChunkSize
            : length is null ? Phase.UntilClose
            : length == 0 ? Phase.Complete
            : Phase.Sized;
    }

    private void ReadChunkSize(ref ReadOnlySpan<byte> received)
    {
        var read = 0;
        while (read < received.Length)
        {
            var character = received[read++];
            if (character == '\n')
            {
                (_phase, _remaining) = _remaining == 0 ? (Phase.LastChunkEnd, 2) : (Phase.Chunk, _remaining);
                break;
            }

            if (character != '\r')
            {
                _remaining = (_remaining * 16) + (char.IsAsciiHexDigit((char)character)
                    ? (character & 0xF) + (character >= 'A' ? 9 : 0)
                    : throw new BenchException("The size of a chunk is not a hexadecimal number."));
            }
        }

        received = received[read..];
    }

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> received)
    {
        var count = (int)Math.Min(_remaining, received.Length);
        var taken = received[..count];
        received = received[count..];
        _remaining -= count;
        return taken;
    }
}
