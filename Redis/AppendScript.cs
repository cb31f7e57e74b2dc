using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Appends a page's drafts: keys, epoch, sequence, history with its limits and expiry, announcements. Redis runs it alone, so sequences are
/// contiguous and unique however many processes append; and what it has to refuse (<see cref="RedisFaults"/>) it refuses before the first write, so all of it is done
/// or nothing. Needs Redis 5 (streams).
/// </summary>
internal static class AppendScript
{
    /// <summary>How long a page is remembered that nothing is kept of any more.</summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>Redis drops keys by its own clock, a little later than <see cref="UpdateDraft.KeyLifetime"/> by the clock of whoever asks.</summary>
    private static readonly TimeSpan _clockSkew = TimeSpan.FromMinutes(1);

    /// <summary>The arguments before the drafts', of which each has <see cref="DraftArguments"/>.</summary>
    private const int PageArguments = 10;

    private const int DraftArguments = 3;

    /// <summary>How an answer begins; the id follows.</summary>
    private const char NewMark = '+';

    public const string Text = PageScript.State + PageScript.OldestKept +
        """
        local channel, now, key_cutoff, key_life = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
        local max_updates, max_age, page_life = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]

        -- A page that the store does not know begins anew, without what may be left of its history.
        if not epoch then
          epoch = ARGV[1]
          redis.call('DEL', KEYS[2])
        end
        newest = math.max(now, newest)

        local answers, announcements, sequence_before = {}, {}, sequence
        for i = 11, #ARGV, 3 do
          local key, keep, update = KEYS[tonumber(ARGV[i])], ARGV[i + 1] == '1', ARGV[i + 2]
          local answered = nil
          if key then
            local id, time = string.match(redis.call('GET', key) or '', '^(%S+) (%d+)$')
            if id and tonumber(time) >= key_cutoff then answered = id end
          end
          if answered then
            answers[#answers + 1] = '=' .. answered
          else
            local id = '0'
            if keep then
              sequence = sequence + 1
              id = epoch .. '-' .. sequence
              redis.call('XADD', KEYS[2], 'MAXLEN', '~', max_updates, sequence .. '-0', 'time', newest, 'update', update)
            end
            if key then redis.call('SET', key, id .. ' ' .. now, 'PX', key_life) end
            answers[#answers + 1] = '+' .. id
            announcements[#announcements + 1] = (keep and '{"id":"' .. id .. '",' or '{"id":null,') .. string.sub(update, 2)
          end
        end

        if #announcements > 0 then
          -- Once a minute what is too old goes, which readers do not see anyway, and expiry moves on.
          local kept = sequence > sequence_before
          local sweep = kept and newest - swept >= 60000
          if sweep then swept = newest end
          redis.call('HSET', KEYS[1], 'epoch', epoch, 'sequence', sequence, 'time', newest, 'swept', swept)
          if sweep then
            redis.call('XTRIM', KEYS[2], 'MAXLEN', sequence + 1 - oldest_kept(max_updates, newest - max_age))
            redis.call('PEXPIRE', KEYS[2], max_age + 120000)
          end
          if sweep or not kept then redis.call('PEXPIRE', KEYS[1], page_life) end
          for _, announcement in ipairs(announcements) do redis.call('PUBLISH', channel, announcement) end
        end
        return answers
        """;

    public static RedisKey[] Keys(RedisNames names, PageId page, IReadOnlyList<UpdateDraft> drafts) =>
    [
        names.Meta(page),
        names.Log(page),
        .. drafts.Where(draft => draft.Key is not null).Select(draft => (RedisKey)names.Key(page, draft.Key!)),
    ];

    public static RedisValue[] Arguments(
        RedisNames names, PageId page, IReadOnlyList<UpdateDraft> drafts, HistoryLimits limits, UpdateId known, DateTimeOffset now)
    {
        var arguments = new RedisValue[PageArguments + (drafts.Count * DraftArguments)];
        PageScript.WriteArguments(arguments, known);
        arguments[3] = names.Channel(page);
        arguments[4] = now.ToUnixTimeMilliseconds();
        arguments[5] = (now - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds();
        arguments[6] = Milliseconds(UpdateDraft.KeyLifetime + _clockSkew);
        arguments[7] = limits.MaxUpdates;
        arguments[8] = Milliseconds(limits.MaxAge);
        arguments[9] = Milliseconds(limits.MaxAge + _pageLifetime);

        // A draft names its key by its place among the keys; 0 is no place.
        var keyPlace = 2;
        for (var (i, at) = (0, PageArguments); i < drafts.Count; i++, at += DraftArguments)
        {
            arguments[at] = drafts[i].Key is null ? 0 : ++keyPlace;
            arguments[at + 1] = drafts[i].Keep;
            arguments[at + 2] = UpdateJson.Entry(drafts[i]).ToArray();
        }

        return arguments;
    }

    public static Published[] Answers(RedisResult result) =>
        Array.ConvertAll((string[])result!, answer => new Published(PageScript.ParseId(answer[1..]), Repeated: answer[0] != NewMark));

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
