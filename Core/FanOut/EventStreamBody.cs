using System.Buffers;
using System.IO.Pipelines;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The response body of one event stream. It rents a buffer only while it holds unsent bytes, so a silent stream
/// holds no buffer. A large frame is not copied, but sent in pieces from the frame, which all subscribers share. With
/// a <paramref name="connection"/>, it writes HTTP chunks and can send them without the server's pipe, which saves
/// about half of the processor time (docs/benchmarks.md).
/// </summary>
/// <param name="pipe">
/// The server's pipe. A flush of it must not complete before the connection has taken everything.
/// </param>
/// <param name="connection">The connection that the response is sent on, if bytes can be sent on it directly.</param>
public sealed class EventStreamBody(PipeWriter pipe, IDirectConnection? connection = null)
{
    private const int MinBufferBytes = 32 * 1024;

    private byte[] _buffer = [];
    private int _buffered;

    // Sent after the buffer.
    private Frame? _largeFrame;
    private int _largeFrameSent;

    /// <summary>The number of bytes that are written but not sent.</summary>
    public int UnsentBytes => _buffered + (_largeFrame is null ? 0 : GetRest(_largeFrame).Length);

    /// <summary>Whether it writes HTTP chunks. Only then can <see cref="TrySend"/> send anything.</summary>
    public bool IsChunked => connection is not null;

    /// <summary>Whether a large frame is written and not sent. Until it is, nothing else may be written.</summary>
    internal bool HasLargeFrame => _largeFrame is not null;

    /// <summary>What the large frame is charged for; null if there is none.</summary>
    internal SharedCharge? LargeFrameCharge => _largeFrame?.Charge;

    // How much of a large frame the pipe holds. With a connection it only serves to wait until the connection takes
    // more, which is then sent from the frame.
    private int PieceBytes => connection is null ? 16 * 1024 : 4 * 1024;

    /// <summary>Writes one or more whole events.</summary>
    public void Write(ReadOnlySpan<byte> events)
    {
        if (connection is null)
        {
            Append(events);
        }
        else
        {
            _buffered += HttpChunk.Write(GetSpan(events.Length + HttpChunk.MaxOverhead), events);
        }
    }

    internal void Write(Frame frame)
    {
        if (frame.Charge is null)
        {
            Append(connection is null ? frame.Bytes : frame.Chunk);
        }
        else
        {
            (_largeFrame, _largeFrameSent) = (frame, 0);
        }
    }

    /// <summary>
    /// Writes the last chunk, from which a client knows that the body is complete. Does nothing if the body is not
    /// chunked.
    /// </summary>
    internal void WriteLastChunk()
    {
        if (connection is not null)
        {
            Append(HttpChunk.Last);
        }
    }

    /// <summary>Sends what the connection takes without waiting; true if that was everything.</summary>
    internal bool TrySend()
    {
        if (connection is null)
        {
            return false;
        }

        var sent = _buffered == 0 ? 0 : connection.TrySend(_buffer.AsSpan(0, _buffered));
        if (sent < _buffered)
        {
            _buffer.AsSpan(sent, _buffered - sent).CopyTo(_buffer);
            _buffered -= sent;
            return false;
        }

        ClearBuffer();
        return _largeFrame is null || TrySendLarge(connection, _largeFrame);
    }

    /// <summary>
    /// Sends a piece: what is buffered, and a small part of a large frame. Waits while the reader is slow.
    /// </summary>
    /// <param name="bytes">The size of the piece.</param>
    internal ValueTask<FlushResult> FlushPieceAsync(out int bytes)
    {
        bytes = _buffered;
        pipe.Write(_buffer.AsSpan(0, _buffered));
        ClearBuffer();
        if (_largeFrame is not null && bytes < PieceBytes)
        {
            var rest = GetRest(_largeFrame);
            var piece = rest[..Math.Min(rest.Length, PieceBytes - bytes)];
            pipe.Write(piece);
            bytes += piece.Length;
            Advance(_largeFrame, piece.Length);
        }

        return pipe.FlushAsync();
    }

    /// <summary>Sends what is buffered. Waits while the reader is slow.</summary>
    public ValueTask<FlushResult> FlushAsync() => FlushPieceAsync(out _);

    private bool TrySendLarge(IDirectConnection direct, Frame frame)
    {
        Advance(frame, direct.TrySend(GetRest(frame)));
        return _largeFrame is null;
    }

    private ReadOnlySpan<byte> GetRest(Frame frame) =>
        (connection is null ? frame.Bytes : frame.Chunk)[_largeFrameSent..];

    private void Advance(Frame frame, int sent)
    {
        _largeFrameSent += sent;
        if (GetRest(frame).IsEmpty)
        {
            _largeFrame = null;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _buffered += bytes.Length;
    }

    private Span<byte> GetSpan(int minLength)
    {
        if (_buffer.Length - _buffered < minLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinBufferBytes, _buffered + minLength));
            _buffer.AsSpan(0, _buffered).CopyTo(larger);
            ReturnBuffer();
            _buffer = larger;
        }

        return _buffer.AsSpan(_buffered);
    }

    private void ClearBuffer()
    {
        _buffered = 0;
        ReturnBuffer();
        _buffer = [];
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
