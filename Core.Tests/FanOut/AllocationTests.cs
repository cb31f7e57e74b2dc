using System.IO.Pipelines;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>An update allocates nothing for each subscriber.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int Updates = 200;

    [Fact]
    public async Task An_update_allocates_the_same_for_ten_subscribers_as_for_a_thousand()
    {
        var few = await AllocatedPerUpdateAsync(subscribers: 10);
        var many = await AllocatedPerUpdateAsync(subscribers: 1010);

        Assert.InRange((many - few) / 1000.0, double.MinValue, 0.5);
    }

    private static async Task<long> AllocatedPerUpdateAsync(int subscribers)
    {
        var fanOut = new FanOutHarness(mayLose: false);
        var connection = new CountingConnection();
        var running = new List<Task>();
        for (var i = 0; i < subscribers; i++)
        {
            var subscriber = await fanOut.JoinAsync();
            var page = subscriber.Pages[0];
            page.Start(new StartPosition(page.KnownHead!.Value, HistoryRequested: false));
            running.Add(subscriber.RunAsync(new EventStreamBody(connection), () => { }, CancellationToken.None));
        }

        await PublishAsync(fanOut, connection, subscribers);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await PublishAsync(fanOut, connection, subscribers);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.All(running, stream => Assert.False(stream.IsCompleted));
        return allocated / Updates;
    }

    // One after the other: each only when all subscribers have the last one.
    private static async Task PublishAsync(FanOutHarness fanOut, CountingConnection connection, int subscribers)
    {
        for (var i = 0; i < Updates; i++)
        {
            var expected = connection.Sends + subscribers;
            await fanOut.PublishAsync("an update");
            Assert.True(
                SpinWait.SpinUntil(() => connection.Sends >= expected, TimeSpan.FromSeconds(20)),
                "Some subscribers did not receive the update.");
        }
    }

    private sealed class CountingConnection : IStreamOutput
    {
        private int _sends;

        public bool IsChunked => true;

        public int PieceBytes => 0;

        public int Sends => Volatile.Read(ref _sends);

        public int TrySend(ReadOnlySpan<byte> bytes)
        {
            Interlocked.Increment(ref _sends);
            return bytes.Length;
        }

        public ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken) =>
            throw new InvalidOperationException("Everything is sent at once.");
    }
}
