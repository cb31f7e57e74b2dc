using System.Buffers;
using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>Writes a stream into a server's pipe, and does nothing else.</summary>
/// <param name="pipe">A pipe whose flush does not complete before the connection has taken everything.</param>
/// <param name="isChunked">Whether the stream writes HTTP chunks.</param>
public sealed class PipeOutput(PipeWriter pipe, bool isChunked = false) : IStreamOutput
{
    public bool IsChunked => isChunked;

    public int PieceBytes => 16 * 1024;

    public int TrySend(ReadOnlySpan<byte> bytes) => 0;

    public ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken)
    {
        pipe.Write(bytes);
        taken = bytes.Length;
        return pipe.FlushAsync();
    }
}
