using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The script <c>read.lua</c>, which reads what a page keeps, and the updates after a position, as they are at one
/// moment. The script says what its keys, arguments and reply are.
/// </summary>
internal static class ReadScript
{
    public static readonly string Text = ScriptFile.Load("read.lua");

    private const int UpdateValues = 3;

    public static RedisKey[] Keys(RedisNames names, PageId page) =>
        [names.Meta(page), names.Log(page), names.Times(page)];

    /// <param name="limits">The limits of the page's history.</param>
    /// <param name="known">What this process knows of the page's ids (<see cref="NewestKnownIds"/>).</param>
    /// <param name="after">The position to read after.</param>
    /// <param name="limit">The most updates to read; 0 reads only what the page keeps.</param>
    /// <param name="now">The time.</param>
    public static RedisValue[] Arguments(
        HistoryLimits limits,
        KnownIds known,
        UpdateId after,
        int limit,
        DateTimeOffset now) =>
    [
        ScriptValues.NewEpoch(),
        known.Epochs,
        known.Newest.Sequence,
        limits.MaxUpdates,
        ScriptValues.Time(now - limits.MaxAge),
        after.Sequence,
        limit,
        HistoryBlock.MaxBytes,
    ];

    public static PageHead ParseHead(RedisResult reply) => ScriptValues.ParseHead((RedisValue[])reply!);

    /// <param name="reply">The script's reply.</param>
    /// <param name="after">The position that was read after.</param>
    /// <param name="now">
    /// The time. An entry that was written before the clock was set back has a later one, which becomes this one.
    /// </param>
    public static HistoryBlock ParseBlock(RedisResult reply, UpdateId after, DateTimeOffset now)
    {
        var values = (RedisValue[])reply!;
        var page = ScriptValues.ParseHead(values);
        if (page.ResetFor(after) is { } reset)
        {
            return new HistoryBlock(page, [], reset);
        }

        var updates = ParseUpdates(values, page.Head.Epoch, after.Sequence, now);
        if (updates.Count > 0 || after.Sequence == page.Head.Sequence)
        {
            return new HistoryBlock(page, updates, Reset: null);
        }

        // Another program has removed the next update from the log.
        var oldest = values.Length > ScriptValues.HeadValues
            ? (long)values[ScriptValues.HeadValues]
            : page.Head.Sequence + 1;
        page = page with { OldestSequence = Math.Max(oldest, after.Sequence + 2) };
        return new HistoryBlock(page, [], page.ResetFor(after));
    }

    // Stops at a gap in the sequence, at an entry that was not written by LiveStreams, and at the size of a block.
    private static List<Update> ParseUpdates(RedisValue[] values, long epoch, long after, DateTimeOffset now)
    {
        var updates = new List<Update>((values.Length - ScriptValues.HeadValues) / UpdateValues);
        var bytes = 0L;
        for (var i = ScriptValues.HeadValues; i < values.Length; i += UpdateValues)
        {
            var sequence = (long)values[i];
            if (sequence != ++after
                || !long.TryParse((string)values[i + 1]!, CultureInfo.InvariantCulture, out var time)
                || UpdateJson.ReadEntry(new UpdateId(epoch, sequence), time, (byte[])values[i + 2]!) is not { } update)
            {
                break;
            }

            bytes += update.Data.Length;
            if (updates.Count > 0 && bytes > HistoryBlock.MaxBytes)
            {
                break;
            }

            updates.Add(UpdateTime.IsSetBack(update.Time, now) ? update with { Time = now } : update);
        }

        return updates;
    }
}
