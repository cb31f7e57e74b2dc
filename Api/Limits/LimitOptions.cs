using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Api.Limits;

/// <summary>The limits of one process (<c>Limits:*</c>).</summary>
public sealed class LimitOptions
{
    private const int OtherConnectionsPerAddress = 1_000;
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
    /// The most lines of a batch, empty ones among them. Default 10,000; 1 to 1,000,000. A longer batch is refused with
    /// 413.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxBatchLines { get; set; } = 10_000;

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
    /// The most pages that all streams of several pages have together, a page counted for each of them; one address may
    /// have half of them, and at least one stream of 100. Default 100,000; 100 to 100,000,000. Another stream is
    /// refused as by <see cref="MaxSubscribers"/> or <see cref="MaxSubscribersPerAddress"/>.
    /// </summary>
    [Range(100, 100_000_000)]
    public int MaxStreamPages { get; set; } = 100_000;

    /// <summary>
    /// The most connections open at once from one address, event streams among them. Default: 1,000 more than
    /// <see cref="MaxSubscribersPerAddress"/>, or no limit if that has none; up to 20,000,000; 0 is no limit. Another
    /// one is closed as soon as it is accepted. Trusted proxies (<c>Proxies:Trusted</c>) have no limit.
    /// </summary>
    [Range(0, 20_000_000)]
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>
    /// The most bytes held for readers that are slow to take them: of streams, snapshots, posts and history. Default: a
    /// quarter of the memory that the process may use; 1 MiB to 1 TiB. Above it, the readers of the address that holds
    /// most are disconnected, the longest wait first, and large requests are refused with 503 until these bytes are
    /// released.
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
    /// The most reads of the store a second for one address, as <see cref="MaxSubscribersPerAddress"/> counts them:
    /// requests for a page's state, history or posts, and event streams that do not begin with the next update. Default
    /// 1,000; up to 1,000,000; 0 is no limit. More are refused: with 429, or, when the client holds a position, with a
    /// short stream that tells it to reconnect later.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ReadsPerSecondPerAddress { get; set; } = 1_000;

    /// <summary>
    /// The most reads that an address may do at once after a silence; 1 to 10,000,000. Default: as many as it may have
    /// event streams, so that all of them can reconnect at the same moment.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? ReadBurstPerAddress { get; set; }

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
    /// The most invalid tokens a second from one address: an IPv4 address, or a /64 of IPv6. Only those count whose
    /// signature was checked. Default 50; up to 1,000,000; 0 is no limit. Above it a token that is not remembered as
    /// valid is refused with 429, and is not checked.
    /// </summary>
    [Range(0, 1_000_000)]
    public int InvalidTokensPerSecond { get; set; } = 50;

    /// <summary>
    /// The most invalid tokens that an address may send at once after a silence. Default 200; 1 to 1,000,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int InvalidTokenBurst { get; set; } = 200;

    /// <summary>
    /// The most requests, event streams among them, at once on one HTTP/2 connection (RFC 9113 §5.1.2). Default 100,
    /// the least that the RFC recommends; 1 to 10,000. The client learns the limit from the server, and waits or opens
    /// another connection.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary><see cref="MaxConnectionsPerAddress"/>, or its default; 0 is no limit.</summary>
    internal int MaxConnectionsOfOneAddress => MaxConnectionsPerAddress
        ?? (MaxSubscribersPerAddress == 0 ? 0 : MaxSubscribersPerAddress + OtherConnectionsPerAddress);
}
