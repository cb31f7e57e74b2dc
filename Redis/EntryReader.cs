using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Reads the updates of a reply (<c>read_entries.lua</c>) into a block.</summary>
internal static class EntryReader
{
    private const int UpdateValues = 3;

    /// <summary>
    /// Stops at a gap in the sequence, at an entry that was not written by LiveStreams, and at the size of a block. The
    /// script stops at that size too, but counts the updates as JSON, so it may be earlier.
    /// </summary>
    /// <param name="values">The reply.</param>
    /// <param name="epoch">The page's epoch.</param>
    /// <param name="sequence">The sequence that was read after or before.</param>
    /// <param name="step">1 if the entries ascend, -1 if they descend.</param>
    /// <param name="block">Gets the updates.</param>
    /// <param name="now">
    /// The time. An entry that was written before the clock was set back has a later one, which becomes this one.
    /// </param>
    public static void Read(
        RedisValue[] values, long epoch, long sequence, int step, BlockBuilder block, DateTimeOffset now)
    {
        var bytes = 0L;
        for (var i = ScriptValues.HeadValues; i < values.Length; i += UpdateValues)
        {
            sequence += step;
            var json = (byte[])values[i + 2]!;
            if ((long)values[i] != sequence
                || !long.TryParse((string)values[i + 1]!, CultureInfo.InvariantCulture, out var time)
                || UpdateJson.ReadEntry(new UpdateId(epoch, sequence), time, json) is not { } update)
            {
                return;
            }

            if (UpdateTime.IsSetBack(update.Time, now))
            {
                update = update with { Time = now };
                block.HasCorrectedTimes = true;
            }

            if (!block.TryAdd(update))
            {
                return;
            }

            bytes += json.Length;
        }

        if (bytes >= HistoryBlock.MaxBytes)
        {
            block.Close();
        }
    }
}
