using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Core.Posts;

/// <summary>How many posts a page may have, and how large (<c>Posts:*</c>). What would exceed a bound is refused, and changes nothing.</summary>
public sealed class PostOptions
{
    /// <summary>The most posts of a page, hidden ones included. Default 1,000; 1 to 100,000. One more is answered 409.</summary>
    [Range(1, 100_000)]
    public int MaxPosts { get; set; } = 1000;

    /// <summary>The largest post, in bytes of its content. Default 64 KiB; 1 byte to 16 MiB. More is answered 413.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxPostBytes { get; set; } = 64 * 1024;

    /// <summary>The most bytes of the contents of all of a page's posts: bounds a snapshot. Default 4 MiB; 1 byte to 64 MiB. More is answered 409.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxPageBytes { get; set; } = 4 * 1024 * 1024;
}
