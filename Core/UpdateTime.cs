namespace LiveStreams.Core;

/// <summary>
/// How the times of a page's updates follow a clock that is set back. A little: they keep the newest time until the
/// clock has caught up. By more than <see cref="MaxAhead"/>: every time that is later than the clock becomes the
/// clock's time. Otherwise a page whose clock was once years ahead would keep its history for years. Times never fall
/// along a history in either case.
/// </summary>
public static class UpdateTime
{
    /// <summary>
    /// How far the newest time may be ahead of the clock. Processes that share a store may have different clocks, so it
    /// is more than clocks differ by.
    /// </summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);

    /// <summary>Whether the clock was set back by so much that the page's times must follow it.</summary>
    /// <param name="newest">The time of the page's newest update.</param>
    /// <param name="now">The clock's time.</param>
    public static bool IsSetBack(DateTimeOffset newest, DateTimeOffset now) => newest > now + MaxAhead;
}
