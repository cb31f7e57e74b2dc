using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Every key and channel. All of a page's keys hold its name in braces, which makes them one slot of a Redis Cluster
/// (hash tags, Redis Cluster specification); page names have no braces themselves.
/// </summary>
internal sealed class RedisNames(string prefix)
{
    /// <summary>Stands for the page's name in the channel names of other programs.</summary>
    public const string PagePlaceholder = "{page}";

    /// <summary>A key of no page: written to find out if Redis takes writes.</summary>
    public string Check => $"{prefix}check";

    /// <summary>Where a page's updates are announced.</summary>
    public string Channel(PageId page) => $"{prefix}{{{page.Value}}}";

    /// <summary>A page's epoch, sequence and times, a hash.</summary>
    public string Meta(PageId page) => $"{Channel(page)}:meta";

    /// <summary>A page's history, a stream; an entry's id is <c>&lt;sequence&gt;-0</c>.</summary>
    public string Log(PageId page) => $"{Channel(page)}:log";

    /// <summary>A page's posts, a hash: a post's id, and <c>&lt;place&gt; &lt;1 or 0&gt; &lt;content&gt;</c>. The greater the place, the newer the post; 0 is hidden.</summary>
    public string Posts(PageId page) => $"{Channel(page)}:posts";

    /// <summary>The answer to an idempotency key, a string.</summary>
    public string Key(PageId page, string key) => $"{Channel(page)}:key:{key}";

    public static string ForeignChannel(string pattern, PageId page) => pattern.Replace(PagePlaceholder, page.Value, StringComparison.Ordinal);
}
