using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core.FanOut;

/// <summary>How event streams are served (<c>Subscribers:*</c>).</summary>
public sealed class SubscriberOptions : IValidatableObject
{
    /// <summary>
    /// The silence after which a comment is sent, so that proxies and clients keep the stream open. Default 15 s; 1 s
    /// to 1 hour. Precise to 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a reader may take to receive the piece that was last sent to it, and as long again for each 32 KiB of
    /// the piece. Then its connection is aborted. Default 30 s; 1 s to 1 hour. Precise to 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The most that <see cref="StallTimeout"/> gives a piece, whatever its size. A large event or response, which is
    /// sent in several pieces, must be received within this time, and 1 s more for each 32 KiB. Default 2 minutes;
    /// <see cref="StallTimeout"/> to 1 hour. Precise to 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxStall { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a client waits before it reconnects (the <c>retry:</c> field). Default 2 s; 0 s to 1 hour. When a
    /// server drains, it is 1 to 2 times as long (<see cref="JitteredRetry"/>).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Retry { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The most frames of a page held in memory, the newest. Default 1,024; 1 to 1,000,000. A subscriber that is
    /// further behind reads history.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RingFrames { get; set; } = 1024;

    /// <summary>
    /// The most bytes of these frames, unless one frame alone is larger. Default 1 MiB; 1 byte to 1 GiB.
    /// </summary>
    [Range(1, 1 << 30)]
    public int RingBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How long a feed stays open after its last subscriber has left, for clients that reconnect. Default 10 s; 0 s to
    /// 1 hour. Precise to 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FeedLinger { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most that a stream may last: at an age of 0.8 to 1 times this (<see cref="DrawAge"/>) it ends, and its
    /// reader reconnects, maybe to another server. Default: no limit. 1 minute to 30 days. Precise to 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// 0.8 to 1 times <see cref="MaxAge"/>, at random, so that streams that were opened together do not end together;
    /// null if there is no limit.
    /// </summary>
    public TimeSpan? DrawAge() => MaxAge * (1 - (0.2 * Random.Shared.NextDouble()));

    /// <summary>
    /// 1 to 2 times <see cref="Retry"/>, at random, so that the subscribers of a stopped server do not all reconnect
    /// at the same moment.
    /// </summary>
    public TimeSpan JitteredRetry() => Retry * (1 + Random.Shared.NextDouble());

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxStall < StallTimeout)
        {
            yield return new ValidationResult(
                $"MaxStall ({MaxStall}) must not be shorter than StallTimeout ({StallTimeout}).",
                [nameof(MaxStall)]);
        }
    }
}
