namespace LiveStreams.Bench.Load;

/// <summary>The next update goes out as soon as fewer than so many deliveries are missing.</summary>
internal sealed class ClosedLoop(long maxMissing) : IPacing
{
    /// <summary>As fast as publishers get their answers.</summary>
    public static ClosedLoop Unbounded { get; } = new(long.MaxValue);

    public bool IsDue(Ledger ledger, TimeSpan elapsed) => ledger.Due - ledger.Delivered < maxMissing;

    /// <summary>Only something read makes it due.</summary>
    public int IdleMilliseconds(Ledger ledger, TimeSpan elapsed) => int.MaxValue;
}
