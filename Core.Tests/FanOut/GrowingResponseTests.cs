using System.Buffers;
using System.IO.Pipelines;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A response that is made while it is sent has one deadline, as others have.</summary>
public sealed class GrowingResponseTests : IUnsentReader
{
    private const int PieceBytes = 16 * 1024;

    private readonly FanOutHarness _fanOut = new();
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private int _aborts;

    public object Owner => "owner";

    [Fact]
    public async Task A_reader_that_takes_a_piece_in_20_seconds_is_cut_after_two_minutes_and_a_second_for_each_32_KiB()
    {
        using var response = _fanOut.Feeds.Responses.Begin(_pipe.Writer, heldBytes: 1_000_000, this);
        var seconds = 0;
        for (; !response.IsDisconnected && seconds < 3600; seconds += 20)
        {
            var flush = WriteAsync(response);
            Assert.InRange(_fanOut.Feeds.Unsent.HeldBytes, 1_000_000, 1_000_000 + PieceBytes + 4096);
            await _fanOut.TickAsync(20);
            await TakeAsync(flush);
        }

        Assert.InRange(seconds, 120, 160);
        Assert.Equal(1, _fanOut.Feeds.Unsent.StallCuts);
    }

    [Fact]
    public async Task The_time_in_which_there_is_nothing_to_take_does_not_count()
    {
        using var response = _fanOut.Feeds.Responses.Begin(_pipe.Writer, heldBytes: 0, this);
        for (var i = 0; i < 10; i++)
        {
            var flush = WriteAsync(response);
            await _fanOut.TickAsync(2);
            await TakeAsync(flush);
            await _fanOut.TickAsync(200);
        }

        Assert.False(response.IsDisconnected);
        response.Dispose();
        Assert.Equal(0, _fanOut.Feeds.Unsent.HeldBytes);
    }

    void IUnsentReader.Abort()
    {
        Interlocked.Increment(ref _aborts);
        _pipe.Writer.CancelPendingFlush();
    }

    private Task WriteAsync(GrowingResponse response)
    {
        _pipe.Writer.Write(new byte[PieceBytes]);
        return response.FlushAsync(PieceBytes).AsTask();
    }

    private async Task TakeAsync(Task flush)
    {
        if (_aborts == 0)
        {
            var result = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            _pipe.Reader.AdvanceTo(result.Buffer.End);
        }

        await flush.BoundedAsync();
    }
}
