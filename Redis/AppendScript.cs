using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Appends drafts to one or several pages: keys, epoch, sequence, posts, history with its limits and expiry, announcements. Redis runs it alone, so sequences are
/// contiguous and unique however many processes append; and what it may refuse (<see cref="RedisErrors"/>) it refuses before the first write, so that all of a page's append is done
/// then, or nothing. A error of one page's keys is that page's reply, and no other's. Needs Redis 5 (streams).
/// </summary>
internal static class AppendScript
{
    /// <summary>Values common to the pages of a call. Those of each page follow it, with <see cref="DraftValues"/> for each of its drafts. The script counts them too.</summary>
    public const int CallValues = 6;

    public const int PageValues = 8;

    public const int DraftValues = 4;

    /// <summary>Keys of a page itself; those of its drafts follow.</summary>
    public const int PageKeys = 3;

    /// <summary>How a draft is kept.</summary>
    public const string LiveOnly = "0";
    public const string Kept = "1";
    public const string End = "end";

    public const string Text = PageScript.OldestKept + PostsScript.Change +
        """
        local now, key_cutoff, key_life = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
        local page_lifetime, max_posts, max_posts_bytes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

        -- The page whose values begin at ARGV[at].
        local function append(at)
          local new_epoch, known_epoch, known_sequence = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
          local place, channel = tonumber(ARGV[at + 3]), ARGV[at + 4]
          local max_updates, max_age, drafts = ARGV[at + 5], tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7])
          local meta, log, posts = KEYS[place], KEYS[place + 1], KEYS[place + 2]
          local page_life = max_age + page_lifetime

        """ + PageScript.State +
        """
          -- A page that the store does not know begins anew, without what may be left of its history and posts.
          if not epoch then
            epoch = new_epoch
            redis.call('DEL', log, posts)
          end
          newest = math.max(now, newest)

          -- Numbers as texts: Redis takes these as they are, and writes numbers out slowly.
          local head, time = sequence, newest == now and ARGV[1] or newest
          local answers, announcements, sequence_before = {}, {}, sequence
          for i = at + 8, at + 4 + drafts * 4, 4 do
            local key, kind, update, changes = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
            local keep, is_end = kind ~= '0', kind == 'end'
            local answered = nil
            if key then
              local id, answered_at = string.match(redis.call('GET', key) or '', '^(%S+) (%d+)$')
              if id and tonumber(answered_at) >= key_cutoff then answered = id end
            end
            if not answered and is_end and ended == sequence and sequence > 0 then answered = epoch .. '-' .. sequence end
            if answered then
              answers[#answers + 1] = '=' .. answered
            elseif changes ~= '' and not change_posts(meta, posts, changes, max_posts, max_posts_bytes, page_life) then
              answers[#answers + 1] = '!'
            else
              local id = '0'
              if keep then
                sequence = sequence + 1
                head = tostring(sequence)
                id = epoch .. '-' .. head
              end
              if is_end then
                ended = sequence
                redis.call('DEL', log, posts)
                redis.call('HSET', meta, 'ended', ended, 'placed', 0, 'posts_bytes', 0)
              elseif keep then
                redis.call('XADD', log, head .. '-0', 'time', time, 'update', update)
                -- Now and then does for all, and costs less than a MAXLEN with each.
                if sequence % math.min(100, tonumber(max_updates)) == 0 then redis.call('XTRIM', log, 'MAXLEN', '~', max_updates) end
              end
              if key then redis.call('SET', key, id .. ' ' .. ARGV[1], 'PX', key_life) end
              answers[#answers + 1] = '+' .. id
              announcements[#announcements + 1] = (keep and '{"id":"' .. id .. '",' or '{"id":null,') .. string.sub(update, 2)
            end
          end

          if #announcements > 0 then
            -- Once a minute, and when the log begins anew, what is too old goes, which readers do not see anyway, and expiry moves on.
            local kept = sequence > sequence_before
            local is_new_log = ended >= sequence_before
            local sweep = kept and (newest - swept >= 60000 or is_new_log)
            redis.call('HSET', meta, 'sequence', head, 'time', time)
            if sweep then
              swept = newest
              redis.call('XTRIM', log, 'MAXLEN', sequence + 1 - oldest_kept(log, sequence, tonumber(max_updates), newest - max_age))
              redis.call('PEXPIRE', log, max_age + 120000)
            end
            if sweep or not kept then
              redis.call('HSET', meta, 'epoch', epoch, 'swept', swept)
              redis.call('PEXPIRE', meta, page_life)
              redis.call('PEXPIRE', posts, page_life)
            end
            for _, announcement in ipairs(announcements) do redis.call('PUBLISH', channel, announcement) end
          end
          return answers
        end

        -- A caught error is a table from Redis 7 on, and a text before. It is told as a text: the client's version 3 reads no error inside an array.
        local replies, at = {}, 7
        while at <= #ARGV do
          local done, reply = pcall(append, at)
          replies[#replies + 1] = done and reply or {'-' .. (type(reply) == 'table' and reply.err or reply)}
          at = at + 8 + tonumber(ARGV[at + 7]) * 4
        end
        return replies
        """;

    /// <summary>How an answer begins; the id follows.</summary>
    private const char NewMark = '+';

    /// <summary>The answer to a draft that would have taken the posts over a bound.</summary>
    private const string PostsFull = "!";

    /// <summary>How the one answer begins that says why a page's append failed.</summary>
    private const char ErrorMark = '-';

    /// <summary>One page's reply.</summary>
    /// <exception cref="StoreUnavailableException">Redis refused this page's append.</exception>
    public static PublishResult[] Answers(RedisResult reply) => Array.ConvertAll((string[])reply!, Answer);

    private static PublishResult Answer(string answer) => answer[0] == ErrorMark
        ? throw RedisErrors.Refused(answer[1..], isAppend: true)
        : answer == PostsFull ? PublishResult.PostsFull
        : answer[0] == NewMark ? PublishResult.Published(PageScript.ParseId(answer[1..], isAppend: true))
        : PublishResult.Repeated(PageScript.ParseId(answer[1..], isAppend: true));
}
