using System.IO.Pipelines;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>What a stream holds while nothing happens.</summary>
[Collection(nameof(Alone))]
public sealed class SilentStreamTests
{
    private const int Streams = 10_000;

    /// <summary>On x64 it is 525.</summary>
    private const int MaxBytes = 560;

    [Fact]
    public async Task A_silent_stream_holds_little_memory()
    {
        var fanOut = new FanOutHarness(mayLose: false);
        var measured = new List<long>();
        var kept = new List<Subscriber[]>();

        // What other tests have left may be released meanwhile, which makes a figure smaller.
        for (var n = 0; n < 3; n++)
        {
            var before = MeasureHeap();
            kept.Add(await JoinAsync(fanOut, Streams));
            measured.Add((MeasureHeap() - before) / Streams);
        }

        Assert.InRange(measured.Max(), 1, MaxBytes);
        GC.KeepAlive(kept);
    }

    private static long MeasureHeap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task<Subscriber[]> JoinAsync(FanOutHarness fanOut, int count)
    {
        var streams = new Subscriber[count];
        for (var i = 0; i < count; i++)
        {
            var subscriber = streams[i] = await fanOut.JoinAsync();
            var page = subscriber.Pages[0];
            page.Start(new StartPosition(page.KnownHead!.Value, HistoryRequested: false));
            var connection = new SilentConnection();
            subscriber.Start(new EventStreamBody(connection), connection);
        }

        return streams;
    }

    private sealed class SilentConnection : IStreamOutput, IStreamHost
    {
        public bool IsChunked => true;

        public int PieceBytes => 0;

        public int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken) =>
            throw new InvalidOperationException("Everything is sent at once.");

        public void Abort()
        {
        }

        public void OnEnded(Exception? exception)
        {
        }
    }
}
