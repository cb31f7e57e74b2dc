namespace LiveStreams.Bench.Load;

/// <summary>Updates are sent at a fixed rate, however fast the server is.</summary>
internal sealed class FixedRate(int updatesPerSecond) : IPacing
{
    public bool IsDue(DeliveryTracker tracker, TimeSpan elapsed) => elapsed >= DueAt(tracker);

    // Rounded down: the loop polls without waiting in the last millisecond, so that an update is sent on time.
    public int MaxWaitMilliseconds(DeliveryTracker tracker, TimeSpan elapsed) =>
        Math.Max(0, (int)(DueAt(tracker) - elapsed).TotalMilliseconds);

    private TimeSpan DueAt(DeliveryTracker tracker) => TimeSpan.FromSeconds((double)tracker.Sent / updatesPerSecond);
}
