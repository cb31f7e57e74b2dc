using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Api.Hosting;

/// <summary>The bounds of one process (<c>Limits:*</c>).</summary>
public sealed class LimitOptions
{
    /// <summary>The largest data of one update, in bytes. Default 256 KiB; 1 byte to 16 MiB. More is answered 413.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxUpdateBytes { get; set; } = 256 * 1024;

    /// <summary>The largest batch (<c>POST /updates</c>), in bytes, held in memory while it is published. Default 4 MiB; 1 byte to 64 MiB. More is answered 413.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most event streams open at once. Default 100,000; 1 to 10,000,000. One more is refused: with 503, or, when it holds a
    /// position, with a short stream that tells it to come back.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxSubscribers { get; set; } = 100_000;

    /// <summary>
    /// The most requests, event streams among them, at once on one HTTP/2 connection (RFC 9113 §5.1.2). Default 100, the least that the RFC recommends; 1 to 10,000. The client is
    /// told, and waits or opens another connection.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxStreamsPerConnection { get; set; } = 100;
}
