using System.IO.Pipelines;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// A response that is made while it is sent. Its reader has the deadlines of any other response, but the time in which
/// there is nothing to take does not count.
/// </summary>
public sealed class GrowingResponse : IDisposable
{
    private readonly FanOutClock _clock;
    private readonly UnsentWait _wait;
    private readonly PipeWriter _pipe;
    private readonly int _heldBytes;
    private int _sentBytes;
    private long _waitedTicks;

    internal GrowingResponse(FanOutClock clock, UnsentWait wait, PipeWriter pipe, int heldBytes) =>
        (_clock, _wait, _pipe, _heldBytes) = (clock, wait, pipe, heldBytes);

    /// <summary>Whether the reader has disconnected, or was cut: nothing more need be written.</summary>
    public bool IsDisconnected { get; private set; }

    /// <summary>Sends what was written to the pipe since the last time, which has this size.</summary>
    public async ValueTask FlushAsync(int bytes)
    {
        if (IsDisconnected)
        {
            return;
        }

        _sentBytes += bytes;
        var start = _clock.Tick;
        IsDisconnected = !await _wait.FlushedAsync(
            _pipe.FlushAsync(),
            bytes + _heldBytes,
            shared: null,
            Math.Min(_clock.WholeDeadline(_sentBytes) - _waitedTicks, _clock.PieceDeadline(bytes)))
            .ConfigureAwait(false);
        _waitedTicks += _clock.Tick - start;
    }

    public void Dispose() => _wait.End();
}
