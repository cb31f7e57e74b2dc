using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The script <c>read_before.lua</c>, which reads what a page keeps, and the updates before one of its updates, as they
/// are at one moment. Its keys and arguments are those of <see cref="ReadScript"/>.
/// </summary>
internal static class ReadBeforeScript
{
    public static readonly string Text = ScriptFile.Load("read_before.lua");

    /// <param name="reply">The script's reply.</param>
    /// <param name="before">The update that was read before.</param>
    /// <param name="limit">The most updates that were asked for.</param>
    /// <param name="now">See <see cref="EntryReader"/>.</param>
    public static HistoryBlock ParseBlock(RedisResult reply, UpdateId before, int limit, DateTimeOffset now)
    {
        var values = (RedisValue[])reply!;
        var page = ScriptValues.ParseHead(values);
        if (page.ResetBefore(before) is { } reset)
        {
            return new HistoryBlock(page, [], reset);
        }

        // If another program has removed an update from the log, the block ends there.
        var block = new BlockBuilder(limit);
        EntryReader.Read(values, page.Head.Epoch, before.Sequence, step: -1, block, now);
        return block.Before(page);
    }
}
