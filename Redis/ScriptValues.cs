using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Values that several scripts take or return.</summary>
internal static class ScriptValues
{
    /// <summary>How many values of a reply say what a page keeps: <see cref="ParseHead"/> reads them.</summary>
    public const int HeadValues = 4;

    /// <summary>An epoch for a page to begin.</summary>
    public static RedisValue NewEpoch() => FormatEpoch(UpdateId.NewEpoch());

    /// <summary>Milliseconds.</summary>
    public static RedisValue Duration(TimeSpan duration) => (long)duration.TotalMilliseconds;

    /// <summary>Unix milliseconds.</summary>
    public static RedisValue Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>
    /// Reads the values that say what a page keeps (<c>page_head.lua</c>): the id of the newest update, the sequence of
    /// the oldest, 1 if the page has ended, and where its epoch began. They are the first of a reply.
    /// </summary>
    public static PageHead ParseHead(RedisValue[] values) =>
        new(ParseId(values[0]!), (long)values[1], values[2] == 1) { EpochStart = ParseId(values[3]!) };

    /// <param name="text">The text of an id.</param>
    /// <param name="isAppend">Whether it is the reply to an append, which has then been done.</param>
    /// <exception cref="StoreUnavailableException">The text is not an id.</exception>
    public static UpdateId ParseId(string text, bool isAppend = false) => UpdateId.TryParse(text, out var id)
        ? id
        : throw new StoreUnavailableException(
            $"'{text}' is not an update id: another program has written to the page's keys.")
        {
            OutcomeUnknown = isAppend,
        };

    /// <summary>The text of an epoch: 12 hexadecimal digits.</summary>
    public static string FormatEpoch(long epoch) => epoch.ToString("x12", CultureInfo.InvariantCulture);
}
