using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// The names of all keys and channels. Each of a page's keys holds the page's name in braces, a hash tag, so that all
/// of them are in one slot of a Redis Cluster. A page's name itself contains no braces.
/// </summary>
internal sealed class RedisNames(string prefix)
{
    /// <summary>Stands for the page's name in the channel names of other programs.</summary>
    public const string PagePlaceholder = "{page}";

    /// <summary>A key of no page. It is written to check that Redis accepts writes.</summary>
    public string Check => $"{prefix}check";

    /// <summary>
    /// The names of all pages, a sorted set in which all have the score 0, so that they are in the order of their bytes
    /// (<see cref="RedisIndex"/>). In the slot of <see cref="Born"/>.
    /// </summary>
    public string Index => $"{prefix}pages:{{index}}:names";

    /// <summary>
    /// The pages that began lately, a stream. The field <c>page</c> of an entry is the page's name; it is empty in the
    /// first entry of a stream that was empty.
    /// </summary>
    public string Born => $"{prefix}pages:{{index}}:born";

    /// <summary>The channel on which the nodes tell each other how many streams they have.</summary>
    public string Presence => $"{prefix}presence";

    /// <summary>The channel on which a page's updates are announced (<see cref="UpdateJson"/>).</summary>
    public string Channel(PageId page) => $"{prefix}{{{page.Value}}}";

    /// <summary>A page's state, a hash: its epoch, sequence and times, and the totals of its posts.</summary>
    public string Meta(PageId page) => $"{Channel(page)}:meta";

    /// <summary>
    /// A page's history, a stream. An entry's id is <c>&lt;sequence&gt;-0</c>; its fields are <c>time</c> (Unix
    /// milliseconds) and <c>update</c> (<see cref="UpdateJson"/>).
    /// </summary>
    public string Log(PageId page) => $"{Channel(page)}:log";

    /// <summary>
    /// The times of the updates in the log, in the same order, a list (<c>times.lua</c>). <c>timed</c> in the meta hash
    /// is the sequence of the last one.
    /// </summary>
    public string Times(PageId page) => $"{Channel(page)}:times";

    /// <summary>
    /// A page's posts, a hash. A field is a post's id, its value <c>&lt;place&gt; &lt;1 or 0&gt; &lt;content&gt;</c>.
    /// The greater the place, the newer the post. 1 is a shown post, 0 a hidden one.
    /// </summary>
    public string Posts(PageId page) => $"{Channel(page)}:posts";

    /// <summary>
    /// The result of an idempotency key, a string: <c>&lt;update id&gt; &lt;Unix milliseconds&gt; &lt;digest&gt;</c>,
    /// which update it was used for, when, and for which draft. An older version stores no digest.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="name">The key's name (<see cref="StoredKey.Name"/>).</param>
    public string Key(PageId page, string name) => $"{Channel(page)}:key:{name}";

    public static string ForeignChannel(string pattern, PageId page) =>
        pattern.Replace(PagePlaceholder, page.Value, StringComparison.Ordinal);
}
