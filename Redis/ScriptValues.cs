using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Values that several scripts take or return.</summary>
internal static class ScriptValues
{
    /// <summary>How many values of a reply say what a page keeps: <see cref="ParseHead"/> reads them.</summary>
    public const int HeadValues = 3;

    /// <summary>An epoch for a page to begin.</summary>
    public static RedisValue NewEpoch() => FormatEpoch(UpdateId.NewEpoch());

    /// <summary>The epoch of the newest id that this process knows of a page.</summary>
    public static RedisValue KnownEpoch(UpdateId known) => known.IsNone ? "" : FormatEpoch(known.Epoch);

    /// <summary>Milliseconds.</summary>
    public static RedisValue Duration(TimeSpan duration) => (long)duration.TotalMilliseconds;

    /// <summary>Unix milliseconds.</summary>
    public static RedisValue Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>
    /// Reads the values that say what a page keeps: the id of the newest update, the sequence of the oldest, and 1 if
    /// the page has ended. They are the first of a reply.
    /// </summary>
    public static PageHead ParseHead(RedisValue[] values) => new(ParseId(values[0]!), (long)values[1], values[2] == 1);

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

    private static string FormatEpoch(long epoch) => epoch.ToString("x12", CultureInfo.InvariantCulture);
}
