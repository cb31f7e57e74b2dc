namespace LiveStreams.Bench.Load;

/// <summary>
/// The next update is sent as soon as fewer than <paramref name="maxOutstanding"/> deliveries are missing.
/// </summary>
internal sealed class ClosedLoop(long maxOutstanding) : IPacing
{
    /// <summary>Each publisher sends its next update as soon as it has the response to the last.</summary>
    public static ClosedLoop Unbounded { get; } = new(long.MaxValue);

    public bool IsDue(DeliveryTracker tracker, TimeSpan elapsed) =>
        tracker.ExpectedDeliveries - tracker.Delivered < maxOutstanding;

    // Only a delivery or a response makes the next update due.
    public int MaxWaitMilliseconds(DeliveryTracker tracker, TimeSpan elapsed) => int.MaxValue;
}
