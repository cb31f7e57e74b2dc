using System.Buffers;
using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The body of one event stream. It holds what is not yet sent, in a buffer that it has only until then, so that a silent stream holds nothing. With a
/// <paramref name="connection"/> it writes chunks, and can send them past the server's pipe, which costs about half the processor time
/// (docs/benchmarks.md). A flush of <paramref name="pipe"/> must complete only when the connection has taken everything.
/// </summary>
public sealed class EventStreamBody(PipeWriter pipe, IPlainConnection? connection = null)
{
    private const int BufferBytes = 32 * 1024;

    private byte[] _unsent = [];

    /// <summary>How many bytes are written and not yet sent.</summary>
    public int UnsentBytes { get; private set; }

    /// <summary>Whether it writes chunks, and <see cref="TrySend"/> can do anything.</summary>
    public bool IsChunked => connection is not null;

    /// <summary>Writes whole events.</summary>
    public void Write(ReadOnlySpan<byte> events)
    {
        if (connection is null)
        {
            Append(events);
        }
        else
        {
            UnsentBytes += HttpChunk.Write(Room(events.Length + HttpChunk.MaxFraming), events);
        }
    }

    internal void Write(Frame frame) => Append(connection is null ? frame.Bytes : frame.Chunk);

    /// <summary>Writes what says that the stream ends here as it should.</summary>
    internal void WriteEnd()
    {
        if (connection is not null)
        {
            Append(HttpChunk.Last);
        }
    }

    /// <summary>Sends what the connection takes at once; true if that was all.</summary>
    internal bool TrySend()
    {
        if (connection is null)
        {
            return false;
        }

        var sent = connection.TrySend(_unsent.AsSpan(0, UnsentBytes));
        if (sent < UnsentBytes)
        {
            _unsent.AsSpan(sent, UnsentBytes - sent).CopyTo(_unsent);
            UnsentBytes -= sent;
            return false;
        }

        Release();
        return true;
    }

    /// <summary>Sends everything, and waits while the reader is slow.</summary>
    public ValueTask<FlushResult> FlushAsync()
    {
        pipe.Write(_unsent.AsSpan(0, UnsentBytes));
        Release();
        return pipe.FlushAsync();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        UnsentBytes += bytes.Length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_unsent.Length - UnsentBytes < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(BufferBytes, UnsentBytes + bytes));
            _unsent.AsSpan(0, UnsentBytes).CopyTo(larger);
            Return();
            _unsent = larger;
        }

        return _unsent.AsSpan(UnsentBytes);
    }

    private void Release()
    {
        UnsentBytes = 0;
        Return();
        _unsent = [];
    }

    private void Return()
    {
        if (_unsent.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
        }
    }
}
