namespace LiveStreams.Core.FanOut;

/// <summary>
/// Counts ticks of one second for heartbeats, stall time-outs and lingering feeds. Reading it costs nothing on the
/// hot path, and a test advances it by hand.
/// </summary>
internal sealed class FanOutClock(SubscriberOptions options, TimeProvider time)
{
    /// <summary>
    /// A piece may take one stall time-out more for each multiple of this. What is sent in several pieces may take a
    /// tick more for each.
    /// </summary>
    private const int BytesPerAllowance = 32 * 1024;

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly long _stallTicks = ToTicks(options.StallTimeout);
    private readonly long _maxStallTicks = ToTicks(options.MaxStall);
    private long _tick;
    private long _unixSeconds = time.GetUtcNow().ToUnixTimeSeconds();

    public long Tick => Volatile.Read(ref _tick);

    /// <summary>The time of the last tick, in Unix seconds.</summary>
    public long UnixSeconds => Volatile.Read(ref _unixSeconds);

    /// <summary>The exact time, for a trace.</summary>
    public DateTimeOffset GetUtcNow() => time.GetUtcNow();

    /// <summary>The exact time, to measure how long something takes.</summary>
    public long GetTimestamp() => time.GetTimestamp();

    public TimeSpan GetElapsedTime(long start, long end) => time.GetElapsedTime(start, end);

    /// <summary><see cref="SubscriberOptions.Heartbeat"/>, in ticks.</summary>
    public long HeartbeatTicks { get; } = ToTicks(options.Heartbeat);

    /// <summary><see cref="SubscriberOptions.FeedLinger"/>, in ticks.</summary>
    public long LingerTicks { get; } = ToTicks(options.FeedLinger);

    /// <summary>
    /// The tick at which a stream that is opened now has reached its age (<see cref="SubscriberOptions.MaxAge"/>).
    /// </summary>
    public int DrawLastTick() => options.DrawAge() is { } age ? (int)(Tick + ToTicks(age)) : int.MaxValue;

    /// <summary>The tick by which a reader must take a piece.</summary>
    public long PieceDeadline(int bytes) =>
        Tick + Math.Min(_maxStallTicks, _stallTicks * (1 + (bytes / BytesPerAllowance)));

    /// <summary>The tick by which a reader must take the last piece of an event or a response.</summary>
    public long WholeDeadline(int bytes) => Tick + _maxStallTicks + (bytes / BytesPerAllowance);

    public void Advance()
    {
        Volatile.Write(ref _unixSeconds, time.GetUtcNow().ToUnixTimeSeconds());
        Volatile.Write(ref _tick, _tick + 1);
    }

    private static long ToTicks(TimeSpan span) => (long)Math.Ceiling(span / Period);
}
