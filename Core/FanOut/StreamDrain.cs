using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Ends the event streams of a process that stops. They end one after the other, in random order and evenly over a
/// period, so that their readers do not all come to the other servers at the same moment.
/// </summary>
public sealed class StreamDrain(FeedRegistry feeds, TimeProvider time)
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Ends every stream gracefully, also every stream that is opened meanwhile. Returns when all of them were told to
    /// end, or have ended by themselves.
    /// </summary>
    /// <param name="period">When the last one is told, at the latest. With 0, all are told at once.</param>
    /// <param name="hurry">When this is canceled, the others are told at once.</param>
    public async Task RunAsync(TimeSpan period, CancellationToken hurry)
    {
        feeds.StartDraining();
        var streams = feeds.ReadSubscribers();
        Random.Shared.Shuffle(streams);
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(_step, time);
        var ended = 0;
        while (HasOpen(streams.AsSpan(ended)))
        {
            var elapsed = time.GetElapsedTime(start);
            var due = elapsed >= period || hurry.IsCancellationRequested
                ? streams.Length
                : 1 + (int)(streams.Length * (elapsed / period));
            for (; ended < due; ended++)
            {
                streams[ended].EndGracefully(StreamEnd.Stopping);
            }

            if (ended < streams.Length)
            {
                await WaitAsync(timer, hurry).ConfigureAwait(false);
            }
        }
    }

    private static bool HasOpen(ReadOnlySpan<Subscriber> streams)
    {
        foreach (var stream in streams)
        {
            if (!stream.HasEnded)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task WaitAsync(PeriodicTimer timer, CancellationToken hurry)
    {
        try
        {
            await timer.WaitForNextTickAsync(hurry).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (hurry.IsCancellationRequested)
        {
            // What is left ends now.
        }
    }
}
