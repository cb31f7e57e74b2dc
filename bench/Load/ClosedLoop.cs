namespace LiveStreams.Bench.Load;

/// <summary>The next update goes out as soon as fewer than so many deliveries are missing.</summary>
internal sealed class ClosedLoop(long maxMissing) : IPacing
{
    private const int LongMilliseconds = 100;

    /// <summary>As fast as publishers get their answers.</summary>
    public static ClosedLoop Unbounded { get; } = new(long.MaxValue);

    public bool IsDue(Ledger ledger, TimeSpan elapsed) => ledger.Due - ledger.Delivered < maxMissing;

    public int IdleMilliseconds(Ledger ledger, TimeSpan elapsed) => LongMilliseconds;
}
