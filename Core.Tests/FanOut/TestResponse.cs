using System.IO.Pipelines;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A response of bytes that nobody shares, and its client, which takes nothing but sips.</summary>
internal sealed class TestResponse : IUnsentReader
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private int _aborts;

    public TestResponse(FeedRegistry feeds, string owner, int bytes)
    {
        Owner = owner;
        Running = feeds.Responses.WriteAsync(_pipe.Writer, new byte[bytes], new SharedCharge(bytes), this);
    }

    public object Owner { get; }

    public int Aborts => Volatile.Read(ref _aborts);

    public Task Running { get; }

    /// <summary>Takes a piece, and waits until the next one is there.</summary>
    public async Task SipAsync()
    {
        if (Aborts == 0 && _pipe.Reader.TryRead(out var result))
        {
            _pipe.Reader.AdvanceTo(result.Buffer.End);
            await Wait.UntilAsync(() => Aborts > 0 || HasPiece(), "the next piece is there");
        }
    }

    public void Abort()
    {
        Interlocked.Increment(ref _aborts);
        _pipe.Writer.CancelPendingFlush();
    }

    private bool HasPiece()
    {
        var hasPiece = _pipe.Reader.TryRead(out var result);
        if (hasPiece)
        {
            _pipe.Reader.AdvanceTo(result.Buffer.Start);
        }

        return hasPiece;
    }
}
