namespace LiveStreams.Bench.Load;

/// <summary>So many updates a second, whatever the server does.</summary>
internal sealed class FixedRate(int updatesPerSecond) : IPacing
{
    public bool IsDue(Ledger ledger, TimeSpan elapsed) => elapsed >= DueAt(ledger);

    // Rounded down: the last part of a millisecond is spent polling, so that an update leaves when it should.
    public int IdleMilliseconds(Ledger ledger, TimeSpan elapsed) => Math.Max(0, (int)(DueAt(ledger) - elapsed).TotalMilliseconds);

    private TimeSpan DueAt(Ledger ledger) => TimeSpan.FromSeconds((double)ledger.Sent / updatesPerSecond);
}
