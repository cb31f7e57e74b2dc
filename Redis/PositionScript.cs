using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The script <c>position_at.lua</c>, which finds a position in a page's history by time. The script says what its
/// keys, arguments and reply are.
/// </summary>
internal static class PositionScript
{
    public static readonly string Text = ScriptFile.Load("position_at.lua");

    public static RedisKey[] Keys(RedisNames names, PageId page) => ReadScript.Keys(names, page);

    /// <param name="limits">The limits of the page's history.</param>
    /// <param name="known">What this process knows of the page's ids (<see cref="NewestKnownIds"/>).</param>
    /// <param name="moment">The time to search for.</param>
    /// <param name="now">The time.</param>
    public static RedisValue[] Arguments(
        HistoryLimits limits,
        KnownIds known,
        DateTimeOffset moment,
        DateTimeOffset now) =>
    [
        ScriptValues.NewEpoch(),
        known.Epochs,
        known.Newest.Sequence,
        limits.MaxUpdates,
        ScriptValues.Time(now - limits.MaxAge),
        ScriptValues.Time(moment),
    ];

    /// <summary>Reads what the page keeps, and the position.</summary>
    public static (PageHead Page, UpdateId Position) ParseReply(RedisResult reply)
    {
        var values = (RedisValue[])reply!;
        var page = ScriptValues.ParseHead(values);
        var first = (long)values[ScriptValues.HeadValues];
        return (page, page.Head.IsNone ? page.Head : page.Head.Before(first));
    }
}
