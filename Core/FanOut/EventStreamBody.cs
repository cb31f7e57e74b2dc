using System.Buffers;
using System.IO.Pipelines;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The response body of one event stream. It rents a buffer only while it holds unsent bytes, so a silent stream holds
/// no buffer, and a slow one no larger buffer than it needs. A large frame is not copied, but sent from the frame,
/// which all subscribers share.
/// </summary>
public sealed class EventStreamBody(IStreamOutput output)
{
    private const int MinBufferBytes = 32 * 1024;

    private byte[] _buffer = [];
    private int _buffered;

    // Sent after the buffer.
    private Frame? _largeFrame;
    private int _largeFrameSent;

    /// <summary>The number of bytes that are written but not sent.</summary>
    public int UnsentBytes => _buffered + (_largeFrame is null ? 0 : GetRest(_largeFrame).Length);

    /// <summary>Whether it writes HTTP chunks.</summary>
    public bool IsChunked => output.IsChunked;

    /// <summary>Whether a large frame is written and not sent. Until it is, nothing else may be written.</summary>
    internal bool HasLargeFrame => _largeFrame is not null;

    /// <summary>What the large frame is charged for; null if there is none.</summary>
    internal SharedCharge? LargeFrameCharge => _largeFrame?.Charge;

    /// <summary>Writes one or more whole events.</summary>
    public void Write(ReadOnlySpan<byte> events)
    {
        if (IsChunked)
        {
            _buffered += HttpChunk.Write(GetSpan(events.Length + HttpChunk.MaxOverhead), events);
        }
        else
        {
            Append(events);
        }
    }

    internal void Write(Frame frame)
    {
        if (frame.Charge is null)
        {
            Append(GetBytes(frame));
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
        if (IsChunked)
        {
            Append(HttpChunk.Last);
        }
    }

    /// <summary>Sends what the connection takes without waiting; true if that was everything.</summary>
    internal bool TrySend()
    {
        if (_buffered > 0)
        {
            RemoveSent(output.TrySend(_buffer.AsSpan(0, _buffered)));
        }

        if (_buffered == 0 && _largeFrame is { } frame)
        {
            Advance(frame, output.TrySend(GetRest(frame)));
        }

        return UnsentBytes == 0;
    }

    /// <summary>
    /// Waits until the reader takes more: of what is buffered, or of a large frame. Some of it may be sent meanwhile.
    /// </summary>
    /// <param name="bytes">The size of the piece, without what is sent from a large frame.</param>
    /// <param name="heldBytes">The memory that is held for this reader alone until then.</param>
    internal ValueTask<FlushResult> FlushPieceAsync(out int bytes, out int heldBytes)
    {
        ValueTask<FlushResult> flush;
        int taken;
        if (_buffered == 0 && _largeFrame is { } frame)
        {
            var rest = GetRest(frame);
            flush = output.FlushAsync(rest[..Math.Min(rest.Length, output.PieceBytes)], out taken);
            Advance(frame, taken);
        }
        else
        {
            flush = output.FlushAsync(_buffer.AsSpan(0, _buffered), out taken);
            RemoveSent(taken);
            ShrinkBuffer();
        }

        bytes = taken + _buffered;
        heldBytes = taken + _buffer.Length;
        return flush;
    }

    /// <summary>Releases what was not sent, after which nothing may be written.</summary>
    internal void Release()
    {
        _buffered = 0;
        _largeFrame = null;
        MoveTo([]);
    }

    /// <summary>Sends what is buffered. Waits while the reader is slow.</summary>
    public ValueTask<FlushResult> FlushAsync() => FlushPieceAsync(out _, out _);

    private ReadOnlySpan<byte> GetBytes(Frame frame) => IsChunked ? frame.Chunk : frame.Bytes;

    private ReadOnlySpan<byte> GetRest(Frame frame) => GetBytes(frame)[_largeFrameSent..];

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
            MoveTo(ArrayPool<byte>.Shared.Rent(Math.Max(MinBufferBytes, _buffered + minLength)));
        }

        return _buffer.AsSpan(_buffered);
    }

    private void RemoveSent(int sent)
    {
        _buffered -= sent;
        if (_buffered == 0)
        {
            MoveTo([]);
        }
        else if (sent > 0)
        {
            _buffer.AsSpan(sent, _buffered).CopyTo(_buffer);
        }
    }

    // Thousands of slow readers may wait, each with a few bytes.
    private void ShrinkBuffer()
    {
        if (_buffered > 0 && _buffer.Length / 2 > _buffered)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(_buffered));
        }
    }

    private void MoveTo(byte[] buffer)
    {
        _buffer.AsSpan(0, _buffered).CopyTo(buffer);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = buffer;
    }
}
