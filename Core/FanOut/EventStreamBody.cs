using System.Buffers;
using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The response body of one event stream. It rents a buffer only while it holds unsent bytes, so a silent stream
/// holds no buffer. With a <paramref name="connection"/>, it writes HTTP chunks and can send them without the
/// server's pipe, which saves about half of the processor time (docs/benchmarks.md).
/// </summary>
/// <param name="pipe">
/// The server's pipe. A flush of it must not complete before the connection has taken everything.
/// </param>
/// <param name="connection">The connection that the response is sent on, if bytes can be sent on it directly.</param>
public sealed class EventStreamBody(PipeWriter pipe, IDirectConnection? connection = null)
{
    private const int MinBufferBytes = 32 * 1024;

    private byte[] _buffer = [];

    /// <summary>The number of bytes that are written but not sent.</summary>
    public int UnsentBytes { get; private set; }

    /// <summary>Whether it writes HTTP chunks. Only then can <see cref="TrySend"/> send anything.</summary>
    public bool IsChunked => connection is not null;

    /// <summary>Writes one or more whole events.</summary>
    public void Write(ReadOnlySpan<byte> events)
    {
        if (connection is null)
        {
            Append(events);
        }
        else
        {
            UnsentBytes += HttpChunk.Write(GetSpan(events.Length + HttpChunk.MaxOverhead), events);
        }
    }

    internal void Write(Frame frame) => Append(connection is null ? frame.Bytes : frame.Chunk);

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

        var sent = connection.TrySend(_buffer.AsSpan(0, UnsentBytes));
        if (sent < UnsentBytes)
        {
            _buffer.AsSpan(sent, UnsentBytes - sent).CopyTo(_buffer);
            UnsentBytes -= sent;
            return false;
        }

        Clear();
        return true;
    }

    /// <summary>Sends everything. Waits while the reader is slow.</summary>
    public ValueTask<FlushResult> FlushAsync()
    {
        pipe.Write(_buffer.AsSpan(0, UnsentBytes));
        Clear();
        return pipe.FlushAsync();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        UnsentBytes += bytes.Length;
    }

    private Span<byte> GetSpan(int minLength)
    {
        if (_buffer.Length - UnsentBytes < minLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinBufferBytes, UnsentBytes + minLength));
            _buffer.AsSpan(0, UnsentBytes).CopyTo(larger);
            ReturnBuffer();
            _buffer = larger;
        }

        return _buffer.AsSpan(UnsentBytes);
    }

    private void Clear()
    {
        UnsentBytes = 0;
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
