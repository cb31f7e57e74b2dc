using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>Reads a page's head, and what follows a position, of one moment.</summary>
internal static class ReadScript
{
    /// <summary>Entries are fetched in steps sized by those before, so that a reply is little more than a block however large they are.</summary>
    public const string Text = PageScript.OnePage + PageScript.State + PageScript.OldestKept +
        """
        if not epoch or sequence == 0 then return {'0', 1, 0} end
        local max_updates, cutoff, after, limit, max_bytes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
        local reply = {epoch .. '-' .. sequence, oldest_kept(log, sequence, max_updates, cutoff), ended == sequence and 1 or 0}
        local read, bytes, step = 0, 0, 4
        while read < limit and bytes < max_bytes do
          step = math.min(step, limit - read)
          local entries = redis.call('XRANGE', log, (after + 1) .. '-0', '+', 'COUNT', step)
          for _, entry in ipairs(entries) do
            after = tonumber(string.match(entry[1], '^%d+'))
            local time, update = entry[2][2], entry[2][4] or ''
            reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = after, time, update
            bytes = bytes + #update
          end
          read = read + #entries
          if #entries < step then break end
          step = math.max(1, math.floor((max_bytes - bytes) * read / math.max(bytes, 1)))
        end
        return reply
        """;

    private const int UpdateValues = 3;

    public static RedisKey[] Keys(RedisNames names, PageId page) => [names.Meta(page), names.Log(page)];

    /// <summary>With a limit of 0 only the head is read.</summary>
    public static RedisValue[] Arguments(HistoryLimits limits, UpdateId known, UpdateId after, int limit, DateTimeOffset now)
    {
        var arguments = new RedisValue[8];
        PageScript.WriteArguments(arguments, known);
        arguments[3] = limits.MaxUpdates;
        arguments[4] = (now - limits.MaxAge).ToUnixTimeMilliseconds();
        arguments[5] = after.Sequence;
        arguments[6] = limit;
        arguments[7] = HistoryBlock.MaxBytes;
        return arguments;
    }

    public static PageHead Head(RedisResult result) => PageScript.Head((RedisValue[])result!);

    public static HistoryBlock Block(RedisResult result, UpdateId after)
    {
        var values = (RedisValue[])result!;
        var page = PageScript.Head(values);
        if (page.ResetFor(after) is { } reset)
        {
            return new HistoryBlock(page, [], reset);
        }

        var updates = Updates(values, page.Head.Epoch, after.Sequence);
        if (updates.Count > 0 || after.Sequence == page.Head.Sequence)
        {
            return new HistoryBlock(page, updates, Reset: null);
        }

        // Another program has taken out of the log what comes next.
        var oldest = values.Length > PageScript.HeadValues ? (long)values[PageScript.HeadValues] : page.Head.Sequence + 1;
        return new HistoryBlock(page with { OldestSequence = Math.Max(oldest, after.Sequence + 2) }, [], ResetReason.Trimmed);
    }

    // Stops where the sequence does not go on, at an entry that is none of ours, and at the bound of a block.
    private static List<Update> Updates(RedisValue[] values, long epoch, long after)
    {
        var updates = new List<Update>((values.Length - PageScript.HeadValues) / UpdateValues);
        var bytes = 0L;
        for (var at = PageScript.HeadValues; at < values.Length; at += UpdateValues)
        {
            var sequence = (long)values[at];
            if (sequence != ++after
                || !long.TryParse((string)values[at + 1]!, CultureInfo.InvariantCulture, out var time)
                || UpdateJson.ReadEntry(new UpdateId(epoch, sequence), time, (byte[])values[at + 2]!) is not { } update)
            {
                break;
            }

            bytes += update.Data.Length;
            if (updates.Count > 0 && bytes > HistoryBlock.MaxBytes)
            {
                break;
            }

            updates.Add(update);
        }

        return updates;
    }
}
