using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Appends a page's drafts: keys, epoch, sequence, posts, history with its limits and expiry, announcements. Redis runs it alone, so sequences are
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
    private const int PageArguments = 12;

    private const int DraftArguments = 4;

    /// <summary>Keys of the page itself; those of its drafts follow.</summary>
    private const int PageKeys = 3;

    /// <summary>How an answer begins; the id follows.</summary>
    private const char NewMark = '+';

    /// <summary>The answer to a draft that would have taken the posts over a bound.</summary>
    private const string PostsFull = "!";

    /// <summary>How a draft is kept.</summary>
    private const string LiveOnly = "0";
    private const string Kept = "1";
    private const string End = "end";

    public const string Text = PageScript.State + PageScript.OldestKept + PostsScript.Change +
        """
        local channel, now, key_cutoff, key_life = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
        local max_updates, max_age, page_life = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
        local max_posts, max_posts_bytes = tonumber(ARGV[11]), tonumber(ARGV[12])

        -- A page that the store does not know begins anew, without what may be left of its history and posts.
        if not epoch then
          epoch = ARGV[1]
          redis.call('DEL', KEYS[2], KEYS[3])
        end
        newest = math.max(now, newest)

        local answers, announcements, sequence_before = {}, {}, sequence
        for i = 13, #ARGV, 4 do
          local key, kind, update, posts = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
          local keep, is_end = kind ~= '0', kind == 'end'
          local answered = nil
          if key then
            local id, time = string.match(redis.call('GET', key) or '', '^(%S+) (%d+)$')
            if id and tonumber(time) >= key_cutoff then answered = id end
          end
          if not answered and is_end and ended == sequence and sequence > 0 then answered = epoch .. '-' .. sequence end
          if answered then
            answers[#answers + 1] = '=' .. answered
          elseif posts ~= '' and not change_posts(posts, max_posts, max_posts_bytes, page_life) then
            answers[#answers + 1] = '!'
          else
            local id = '0'
            if keep then
              sequence = sequence + 1
              id = epoch .. '-' .. sequence
            end
            if is_end then
              ended = sequence
              redis.call('DEL', KEYS[2], KEYS[3])
              redis.call('HSET', KEYS[1], 'ended', ended, 'placed', 0, 'posts_bytes', 0)
            elseif keep then
              redis.call('XADD', KEYS[2], 'MAXLEN', '~', max_updates, sequence .. '-0', 'time', newest, 'update', update)
            end
            if key then redis.call('SET', key, id .. ' ' .. now, 'PX', key_life) end
            answers[#answers + 1] = '+' .. id
            announcements[#announcements + 1] = (keep and '{"id":"' .. id .. '",' or '{"id":null,') .. string.sub(update, 2)
          end
        end

        if #announcements > 0 then
          -- Once a minute, and when the log begins anew, what is too old goes, which readers do not see anyway, and expiry moves on.
          local kept = sequence > sequence_before
          local is_new_log = ended >= sequence_before
          local sweep = kept and (newest - swept >= 60000 or is_new_log)
          redis.call('HSET', KEYS[1], 'sequence', sequence, 'time', newest)
          if sweep then
            swept = newest
            redis.call('XTRIM', KEYS[2], 'MAXLEN', sequence + 1 - oldest_kept(max_updates, newest - max_age))
            redis.call('PEXPIRE', KEYS[2], max_age + 120000)
          end
          if sweep or not kept then
            redis.call('HSET', KEYS[1], 'epoch', epoch, 'swept', swept)
            redis.call('PEXPIRE', KEYS[1], page_life)
            redis.call('PEXPIRE', KEYS[3], page_life)
          end
          for _, announcement in ipairs(announcements) do redis.call('PUBLISH', channel, announcement) end
        end
        return answers
        """;

    public static RedisKey[] Keys(RedisNames names, PageId page, IReadOnlyList<UpdateDraft> drafts) =>
    [
        names.Meta(page),
        names.Log(page),
        names.Posts(page),
        .. drafts.Where(draft => draft.Key is not null).Select(draft => (RedisKey)names.Key(page, draft.Key!)),
    ];

    public static RedisValue[] Arguments(
        RedisNames names, PageId page, IReadOnlyList<UpdateDraft> drafts, HistoryLimits limits, PostOptions posts, UpdateId known, DateTimeOffset now)
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
        arguments[10] = posts.MaxPosts;
        arguments[11] = posts.MaxPageBytes;

        // A draft names its key by its place among the keys; 0 is no place.
        var keyPlace = PageKeys;
        for (var (i, at) = (0, PageArguments); i < drafts.Count; i++, at += DraftArguments)
        {
            arguments[at] = drafts[i].Key is null ? 0 : ++keyPlace;
            arguments[at + 1] = drafts[i].IsEnd ? End : drafts[i].Keep ? Kept : LiveOnly;
            arguments[at + 2] = UpdateJson.Entry(drafts[i]).ToArray();
            arguments[at + 3] = drafts[i].Posts is { } changes ? PostsScript.Argument(changes) : RedisValue.EmptyString;
        }

        return arguments;
    }

    public static Published[] Answers(RedisResult result) =>
        Array.ConvertAll((string[])result!, answer => answer == PostsFull ? Published.PostsFull : new Published(PageScript.ParseId(answer[1..]), Repeated: answer[0] != NewMark));

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
