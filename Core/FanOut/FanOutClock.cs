namespace LiveStreams.Core.FanOut;

/// <summary>Counts whole seconds for heartbeats, stalls and lingering feeds: reading it costs nothing on the hot path, and a test turns it by hand.</summary>
public sealed class FanOutClock
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _tick;

    public long Tick => Volatile.Read(ref _tick);

    internal void Advance() => Volatile.Write(ref _tick, _tick + 1);

    internal static long Ticks(TimeSpan span) => (long)Math.Ceiling(span / Period);
}
