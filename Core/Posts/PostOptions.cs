using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core.Posts;

/// <summary>
/// How many posts a page may have, and how large they may be (<c>Posts:*</c>). An update that would exceed a limit is
/// rejected and changes nothing.
/// </summary>
public sealed class PostOptions
{
    /// <summary>
    /// The most posts of a page, including hidden ones. Default 1,000; 1 to 100,000. Another one gets a 409 response.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxPosts { get; set; } = 1000;

    /// <summary>
    /// The largest content of a post, in bytes. Default 64 KiB; 1 byte to 16 MiB. A larger one gets a 413 response.
    /// </summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxPostBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The largest total content of a page's posts, in bytes, which limits the size of a snapshot. Default 4 MiB; 1
    /// byte to 64 MiB. An update that exceeds it gets a 409 response.
    /// </summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxPageBytes { get; set; } = 4 * 1024 * 1024;
}
