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

    public static RedisKey[] Keys(RedisNames names, PageId page) =>
        [names.Meta(page), names.Log(page), names.Times(page)];

    /// <param name="limits">The limits of the page's history.</param>
    /// <param name="known">What this process knows of the page's ids (<see cref="NewestKnownIds"/>).</param>
    /// <param name="sequence">The sequence to read after, or before (<see cref="ReadBeforeScript"/>).</param>
    /// <param name="limit">The most updates to read; 0 reads only what the page keeps.</param>
    /// <param name="now">The time.</param>
    public static RedisValue[] Arguments(
        HistoryLimits limits,
        KnownIds known,
        long sequence,
        int limit,
        DateTimeOffset now) =>
    [
        ScriptValues.NewEpoch(),
        known.Epochs,
        known.Newest.Sequence,
        limits.MaxUpdates,
        ScriptValues.Time(now - limits.MaxAge),
        sequence,
        limit,
        HistoryBlock.MaxBytes,
    ];

    public static PageHead ParseHead(RedisResult reply) => ScriptValues.ParseHead((RedisValue[])reply!);

    /// <param name="reply">The script's reply.</param>
    /// <param name="after">The position that was read after.</param>
    /// <param name="limit">The most updates that were asked for.</param>
    /// <param name="now">See <see cref="EntryReader"/>.</param>
    public static HistoryBlock ParseBlock(RedisResult reply, UpdateId after, int limit, DateTimeOffset now)
    {
        var values = (RedisValue[])reply!;
        var page = ScriptValues.ParseHead(values);
        if (page.ResetFor(after) is { } reset)
        {
            return new HistoryBlock(page, [], reset);
        }

        var builder = new BlockBuilder(limit);
        EntryReader.Read(values, page.Head.Epoch, after.Sequence, step: 1, builder, now);
        var block = builder.After(page);
        if (block.Updates.Count > 0 || after.Sequence == page.Head.Sequence)
        {
            return block;
        }

        // Another program has removed the next update from the log.
        var oldest = values.Length > ScriptValues.HeadValues
            ? (long)values[ScriptValues.HeadValues]
            : page.Head.Sequence + 1;
        page = page with { OldestSequence = Math.Max(oldest, after.Sequence + 2) };
        return new HistoryBlock(page, [], page.ResetFor(after));
    }
}
