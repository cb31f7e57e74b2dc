using System.Text;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

public sealed class FrameRingTests
{
    private static Frame Frame(long sequence, int bytes = 10)
    {
        var id = new UpdateId(1, sequence);
        var update = new Update(id, null, Encoding.ASCII.GetBytes(new string('x', bytes)), default);
        return LiveStreams.Core.FanOut.Frame.Create(update, id);
    }

    [Fact]
    public void The_ring_holds_the_newest_frames_up_to_its_maximum_count()
    {
        var ring = new FrameRing(maxFrames: 6, maxBytes: 1 << 20);
        for (var n = 1; n <= 100; n++)
        {
            ring.Add(Frame(n));
        }

        Assert.Equal(100, ring.Next);
        Assert.Null(ring[93]);
        Assert.Equal(95, ring[94]!.Id.Sequence);
        Assert.Equal(100, ring[99]!.Id.Sequence);
        Assert.Null(ring[100]);
        Assert.Null(ring[-1]);
    }

    [Fact]
    public void The_ring_holds_the_newest_frames_up_to_its_maximum_bytes_and_at_least_one()
    {
        var ring = new FrameRing(maxFrames: 100, maxBytes: 1000);
        for (var n = 1; n <= 20; n++)
        {
            ring.Add(Frame(n, bytes: 300));
        }

        Assert.Equal(ring.Next - 3, ring.Oldest);
        ring.Add(Frame(21, bytes: 5000));
        Assert.Equal(ring.Next - 1, ring.Oldest);
        Assert.NotNull(ring[ring.Oldest]);
    }

    [Fact]
    public void A_restart_makes_every_earlier_index_empty()
    {
        var ring = new FrameRing(maxFrames: 8, maxBytes: 1000);
        ring.Add(Frame(1));
        var place = ring.Next;

        ring.Restart();
        ring.Add(Frame(2));

        Assert.True(place < ring.Next);
        Assert.Null(ring[place]);
        Assert.Equal(2, ring[place + 1]!.Id.Sequence);
    }

    [Fact]
    public async Task Concurrent_readers_get_the_right_frame_or_none()
    {
        const int Frames = 200_000;
        var ring = new FrameRing(maxFrames: 64, maxBytes: 1 << 20);
        var reading = Task.Run(
            () =>
            {
                var seen = 0;
                for (var index = 0L; index < Frames; index++)
                {
                    while (ring.Next <= index)
                    {
                        Thread.Yield();
                    }

                    if (ring[index] is { } found)
                    {
                        Assert.Equal(index + 1, found.Id.Sequence);
                        seen++;
                    }
                }

                return seen;
            },
            TestContext.Current.CancellationToken);
        for (var n = 1; n <= Frames; n++)
        {
            ring.Add(Frame(n, bytes: 1));
        }

        Assert.InRange(await reading, 1, Frames);
    }
}
