using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core.FanOut;

/// <summary>How event streams are served (<c>Subscribers:*</c>).</summary>
public sealed class SubscriberOptions
{
    /// <summary>Silence after which a comment is sent, so that proxies and clients know the stream lives. Default 15 s; 1 s to 1 hour. Kept to 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A subscriber that has not taken what was last written to it for so long is closed. Default 30 s; 1 s to 1 hour. Kept to 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a browser waits before it reconnects (the <c>retry:</c> field). Default 2 s; 0 s to 1 hour. A drain jitters it to 1-2 times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Retry { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The most newest frames of a page held in memory. Default 1,024; 1 to 1,000,000. A subscriber further behind reads history.</summary>
    [Range(1, 1_000_000)]
    public int RingFrames { get; set; } = 1024;

    /// <summary>The most bytes of those frames, unless one frame alone is larger. Default 1 MiB; 1 byte to 1 GiB.</summary>
    [Range(1, 1 << 30)]
    public int RingBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a feed is kept after its last subscriber has gone, for those who come right back. Default 10 s; 0 s to 1 hour. Kept to 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FeedLinger { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>1 to 2 times <see cref="Retry"/>, so that the subscribers of a stopped server do not all come back at the same moment.</summary>
    public TimeSpan JitteredRetry() => Retry * (1 + Random.Shared.NextDouble());
}
