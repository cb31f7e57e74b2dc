using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Reads the events of a stream, and the position in it. .NET's parser takes an id as soon as it has read its line. If
/// the stream were cut right there, the event would be lost, so the parser only gets blocks that have arrived whole.
/// </summary>
internal sealed class EventStreamReader(Stream body, TimeProvider time)
{
    /// <summary>A server sends a comment after 15 s of silence, unless it is set to another time.</summary>
    private static readonly TimeSpan _maxSilence = TimeSpan.FromSeconds(60);

    private static readonly byte[] _blockEnd = "\n\n"u8.ToArray();

    /// <summary>
    /// The id up to which all events have been returned and taken; null as long as the stream has not sent one.
    /// </summary>
    public string? Position { get; private set; }

    /// <summary>How long the server asks to wait before reconnecting; null if it has not asked.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Returns the events until the server ends the stream.</summary>
    /// <exception cref="IOException">The stream was cut.</exception>
    /// <exception cref="TimeoutException">Nothing has come for 60 s, not even a comment.</exception>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(body);
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken).AsTask()
                .WaitAsync(_maxSilence, time, cancellationToken);
            var blocks = read.Buffer.Slice(0, EndOfBlocks(read.Buffer));
            var parser = SseParser.Create(new MemoryStream(blocks.ToArray()));
            pipe.AdvanceTo(blocks.End, read.Buffer.End);
            foreach (var item in parser.Enumerate())
            {
                yield return item;
                Position = item.EventId ?? Position;
            }

            // A block without data moves the position, too.
            Position = parser.LastEventId is { Length: > 0 } id ? id : Position;
            Retry = parser.ReconnectionInterval > TimeSpan.Zero ? parser.ReconnectionInterval : Retry;
            if (read.IsCompleted)
            {
                yield break;
            }
        }
    }

    private static SequencePosition EndOfBlocks(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        var end = buffer.Start;
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, _blockEnd))
        {
            end = reader.Position;
        }

        return end;
    }
}
