using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Api.Limits;

/// <summary>The limits of one process (<c>Limits:*</c>).</summary>
public sealed class LimitOptions
{
    private const string MinUnsentBytes = "1048576";
    private const string MaxUnsentBytesAllowed = "1099511627776";

    /// <summary>
    /// The largest data of one update, in bytes. Default 256 KiB; 1 byte to 16 MiB. Larger data is refused with 413.
    /// </summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxUpdateBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// The largest batch (<c>POST /updates</c>), in bytes, held in memory while it is published. Default 4 MiB; 1 byte
    /// to 64 MiB. A larger batch is refused with 413.
    /// </summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most event streams open at once. Default 100,000; 1 to 10,000,000. Another one is refused: with 503, or,
    /// when the client holds a position, with a short stream that tells it to reconnect later.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxSubscribers { get; set; } = 100_000;

    /// <summary>
    /// The most event streams open at once from one address: an IPv4 address, or a /64 of IPv6. Default 5,000, because
    /// many people may share an address; up to 10,000,000; 0 is no limit. Another one is refused: with 429, or, when
    /// the client holds a position, with a short stream that tells it to reconnect later.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxSubscribersPerAddress { get; set; } = 5_000;

    /// <summary>
    /// The most bytes held for readers that are slow to take them: of streams, snapshots, posts and history. Default: a
    /// quarter of the memory that the process may use; 1 MiB to 1 TiB. Above it, the readers that have waited for
    /// longest are disconnected, and large requests are refused with 503 until these bytes are released.
    /// </summary>
    [Range(typeof(long), MinUnsentBytes, MaxUnsentBytesAllowed)]
    public long? MaxUnsentBytes { get; set; }

    /// <summary>
    /// The most of these bytes for the readers of one address. Default: half of <see cref="MaxUnsentBytes"/>; 1 MiB to
    /// 1 TiB. Above it, the same happens to the readers of this address alone.
    /// </summary>
    [Range(typeof(long), MinUnsentBytes, MaxUnsentBytesAllowed)]
    public long? MaxUnsentBytesPerAddress { get; set; }

    /// <summary>
    /// The most updates a second of one publisher. Default 2,000; up to 1,000,000; 0 is no limit. More are refused with
    /// 429.
    /// </summary>
    [Range(0, 1_000_000)]
    public int PublishesPerSecond { get; set; } = 2_000;

    /// <summary>
    /// The most updates that a publisher may publish at once after a silence. Default: as many as it may in a second; 1
    /// to 1,000,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? PublishBurst { get; set; }

    /// <summary>
    /// The most updates a second to one page. Default 1,000; up to 1,000,000; 0 is no limit. More are refused with 429.
    /// </summary>
    [Range(0, 1_000_000)]
    public int PublishesPerSecondPerPage { get; set; } = 1_000;

    /// <summary>
    /// The most updates that a page may receive at once after a silence. Default: as many as it may in a second; 1 to
    /// 1,000,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? PublishBurstPerPage { get; set; }

    /// <summary>
    /// The most requests, event streams among them, at once on one HTTP/2 connection (RFC 9113 §5.1.2). Default 100,
    /// the least that the RFC recommends; 1 to 10,000. The client learns the limit from the server, and waits or opens
    /// another connection.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxStreamsPerConnection { get; set; } = 100;
}
