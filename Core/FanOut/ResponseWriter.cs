using System.IO.Pipelines;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Writes a large response in pieces, from bytes that several readers may share. The next piece waits until the reader
/// has taken the last one, within the same deadlines as an event.
/// </summary>
public sealed class ResponseWriter
{
    private const int PieceBytes = 16 * 1024;

    private readonly FanOutClock _clock;
    private readonly UnsentBudget _budget;

    internal ResponseWriter(FanOutClock clock, UnsentBudget budget) => (_clock, _budget) = (clock, budget);

    /// <summary>Returns when the reader has taken everything, has disconnected, or was cut.</summary>
    /// <param name="pipe">A pipe whose flush does not complete before the connection has taken everything.</param>
    /// <param name="bytes">The response.</param>
    /// <param name="charge">What it is charged for while readers take it; null if it is small.</param>
    /// <param name="reader">The reader, which is aborted if it is too slow.</param>
    public async Task WriteAsync(
        PipeWriter pipe, ReadOnlyMemory<byte> bytes, SharedCharge? charge, IUnsentReader reader)
    {
        var wait = new UnsentWait(_budget, reader);
        var deadline = _clock.WholeDeadline(bytes.Length);
        var isConnected = true;
        try
        {
            while (isConnected && !bytes.IsEmpty)
            {
                var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
                bytes = bytes[piece.Length..];
                isConnected = await wait.FlushedAsync(
                    pipe.WriteAsync(piece),
                    piece.Length,
                    bytes.IsEmpty ? null : charge,
                    Math.Min(deadline, _clock.PieceDeadline(piece.Length))).ConfigureAwait(false);
            }
        }
        finally
        {
            wait.End();
        }
    }

    /// <summary>Begins a response that is made while it is sent.</summary>
    /// <param name="pipe">A pipe whose flush does not complete before the connection has taken everything.</param>
    /// <param name="heldBytes">What is held for the response until it ends, beside its pieces.</param>
    /// <param name="reader">The reader, which is aborted if it is too slow.</param>
    public GrowingResponse Begin(PipeWriter pipe, int heldBytes, IUnsentReader reader) =>
        new(_clock, new UnsentWait(_budget, reader), pipe, heldBytes);
}
