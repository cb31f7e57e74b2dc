namespace LiveStreams.Bench.Load;

/// <summary>When the next update is sent, provided that a publisher is free.</summary>
internal interface IPacing
{
    /// <summary>Whether it may be sent now, so long after the start.</summary>
    bool IsDue(Ledger ledger, TimeSpan elapsed);

    /// <summary>How long nothing can become due unless something is read; whole milliseconds.</summary>
    int IdleMilliseconds(Ledger ledger, TimeSpan elapsed);
}
