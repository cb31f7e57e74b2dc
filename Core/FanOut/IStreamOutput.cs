using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>Where the bytes of an event stream go. One thread uses it at a time.</summary>
public interface IStreamOutput
{
    /// <summary>
    /// Whether the stream's bytes are the bytes of an HTTP/1.1 connection without TLS, so that it writes HTTP chunks.
    /// </summary>
    bool IsChunked { get; }

    /// <summary>
    /// The most bytes of a large frame, which many streams share, that a flush may take a copy of.
    /// </summary>
    int PieceBytes { get; }

    /// <summary>
    /// Sends what the connection takes without waiting, and returns the number of bytes sent. Returns 0 also when the
    /// connection is closed, which the next flush reports, and when it can only be flushed. Must not be called during a
    /// flush.
    /// </summary>
    int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the reader takes more.</summary>
    /// <param name="bytes">What is to be sent.</param>
    /// <param name="taken">
    /// How much of it the flush sends, from a copy; all of that is sent when the flush completes. It may be nothing.
    /// </param>
    ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken);
}
