namespace LiveStreams.Bench.Load;

/// <summary>Decides when the next update is sent, provided that a publisher is free.</summary>
internal interface IPacing
{
    /// <summary>Whether the next update may be sent now.</summary>
    /// <param name="tracker">What has been sent and delivered so far.</param>
    /// <param name="elapsed">Time since the first update could be sent.</param>
    bool IsDue(DeliveryTracker tracker, TimeSpan elapsed);

    /// <summary>How long, in whole milliseconds, no update becomes due unless something is received.</summary>
    /// <param name="tracker">What has been sent and delivered so far.</param>
    /// <param name="elapsed">Time since the first update could be sent.</param>
    int MaxWaitMilliseconds(DeliveryTracker tracker, TimeSpan elapsed);
}
