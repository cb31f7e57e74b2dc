using System.Buffers.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The script <c>read_posts.lua</c>, which reads what a page keeps, and its posts, as they are at one moment. The
/// script says what its keys, arguments and reply are.
/// </summary>
internal static class ReadPostsScript
{
    public static readonly string Text = ScriptFile.Load("read_posts.lua");

    private const int PostValues = 2;

    public static RedisKey[] Keys(RedisNames names, PageId page) =>
        [names.Meta(page), names.Log(page), names.Times(page), names.Posts(page)];

    /// <param name="limits">The limits of the page's history.</param>
    /// <param name="known">What this process knows of the page's ids (<see cref="NewestKnownIds"/>).</param>
    /// <param name="now">The time.</param>
    public static RedisValue[] Arguments(HistoryLimits limits, KnownIds known, DateTimeOffset now) =>
    [
        ScriptValues.NewEpoch(),
        known.Epochs,
        known.Newest.Sequence,
        limits.MaxUpdates,
        ScriptValues.Time(now - limits.MaxAge),
    ];

    /// <exception cref="StoreUnavailableException">Another program has written to the page's keys.</exception>
    public static PagePosts ParseReply(RedisResult reply)
    {
        var values = (RedisValue[])reply!;
        var posts = new PostList();
        for (var i = ScriptValues.HeadValues; i < values.Length; i += PostValues)
        {
            var (place, post) = ParsePost(values[i]!, (byte[])values[i + 1]!);
            posts.Add(place, post);
        }

        return new PagePosts(ScriptValues.ParseHead(values), posts.NewestFirst());
    }

    // The value is "<place> <1 or 0> <content>" (RedisNames.Posts).
    private static (long Place, Post Post) ParsePost(string id, byte[] value)
    {
        if (!Utf8Parser.TryParse(value, out long place, out var digits) || value.Length < digits + 3)
        {
            throw new StoreUnavailableException(
                $"The post '{id}' was not written by LiveStreams: another program has written to the page's keys.");
        }

        var show = value[digits + 1] == PostChangesEncoder.Shown;
        return (place, new Post(id, show, value.AsMemory(digits + 3)));
    }
}
