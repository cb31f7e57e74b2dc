using System.Globalization;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>What the Lua scripts about a page share: in their local names <c>meta</c>, <c>log</c> and <c>posts</c> are the page's keys.</summary>
internal static class PageScript
{
    /// <summary>
    /// The locals that <see cref="State"/> reads, in a script about one page: KEYS[1] is its meta, KEYS[2] its log, KEYS[3] its posts. ARGV[1] is an epoch to
    /// begin, ARGV[2] and ARGV[3] the known epoch and sequence.
    /// </summary>
    public const string OnePage =
        """
        local meta, log, posts = KEYS[1], KEYS[2], KEYS[3]
        local new_epoch, known_epoch, known_sequence = ARGV[1], ARGV[2], tonumber(ARGV[3])

        """;

    /// <summary>
    /// Reads the page's state, and begins a new epoch when its sequence is behind what the caller has seen of it
    /// (<see cref="KnownHeads"/>).
    /// </summary>
    public const string State =
        """
        local epoch, sequence, newest, swept, ended = unpack(redis.call('HMGET', meta, 'epoch', 'sequence', 'time', 'swept', 'ended'))
        sequence, newest, swept, ended = tonumber(sequence or 0), tonumber(newest or 0), tonumber(swept or 0), tonumber(ended or 0)
        if epoch == known_epoch and sequence < known_sequence then
          epoch = new_epoch
          redis.call('HSET', meta, 'epoch', epoch)
        end

        """;

    /// <summary>
    /// The sequence of the oldest update that is within the limits, one more than the head's if none is. Times never fall along the
    /// log, so that those too old are found by binary search.
    /// </summary>
    public const string OldestKept =
        """
        local function first_from(log, sequence, number)
          local entry = redis.call('XRANGE', log, number .. '-0', '+', 'COUNT', 1)[1]
          if not entry then return sequence + 1, math.huge end
          return tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][2]) or 0
        end
        local function oldest_kept(log, sequence, max_updates, cutoff)
          local low, time = first_from(log, sequence, math.max(sequence - max_updates, 0) + 1)
          if time >= cutoff then return low end
          low = low + 1
          local high = sequence + 1
          while low < high do
            local middle = math.floor((low + high) / 2)
            local _, time = first_from(log, sequence, middle)
            if time < cutoff then low = middle + 1 else high = middle end
          end
          return low
        end

        """;

    /// <summary>Values of a reply that say what a page keeps: head, oldest, and 1 if it has ended.</summary>
    public const int HeadValues = 3;

    /// <summary>What a page keeps, by the first values of a reply.</summary>
    public static PageHead Head(RedisValue[] values) => new(ParseId(values[0]!), (long)values[1], values[2] == 1);

    /// <summary>Writes the epoch to begin, and the known epoch and sequence.</summary>
    public static void WriteArguments(Span<RedisValue> arguments, UpdateId known)
    {
        arguments[0] = EpochText(UpdateId.NewEpoch());
        arguments[1] = known.IsNone ? "" : EpochText(known.Epoch);
        arguments[2] = known.Sequence;
    }

    /// <param name="text">The text of an id.</param>
    /// <param name="isAppend">Whether it is the answer to an append, which has then been done.</param>
    /// <exception cref="StoreUnavailableException">The text is no id.</exception>
    public static UpdateId ParseId(string text, bool isAppend = false) => UpdateId.TryParse(text, out var id)
        ? id
        : throw new StoreUnavailableException($"'{text}' is no update id: another program has written to the page's keys.") { OutcomeUnknown = isAppend };

    private static string EpochText(long epoch) => epoch.ToString("x12", CultureInfo.InvariantCulture);
}
