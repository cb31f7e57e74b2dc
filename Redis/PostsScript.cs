using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// A page's posts in Redis: how an append changes them, and how they are read. They are in a hash (<see cref="RedisNames.Posts"/>); the place last given and
/// the bytes of all contents are in the page's meta.
/// </summary>
internal static class PostsScript
{
    /// <summary>
    /// Makes the changes of one draft, or returns false and has changed nothing: the rule of <see cref="PostSizes.TryApply"/>. The changes are netstrings
    /// (a length, <c>:</c>, so many bytes), in threes: id, <c>1</c>, <c>0</c> or <c>-</c> for removed, content.
    /// </summary>
    public const string Change =
        """
        local function change_posts(meta, posts, changes, max_posts, max_bytes, page_life)
          local at = 1
          local function field()
            local colon = string.find(changes, ':', at, true)
            local from = colon + 1
            at = from + tonumber(string.sub(changes, at, colon - 1))
            return string.sub(changes, from, at - 1)
          end
          local placed, bytes = unpack(redis.call('HMGET', meta, 'placed', 'posts_bytes'))
          placed, bytes = tonumber(placed or 0), tonumber(bytes or 0)
          local set, removed, grown, grown_bytes = {}, {}, 0, 0
          while at <= #changes do
            local id, show, content = field(), field(), field()
            local before = redis.call('HGET', posts, id)
            local place, size = nil, 0
            if before then
              place = string.match(before, '^%d+')
              size = #before - #place - 3
            end
            grown_bytes = grown_bytes + #content - size
            if show == '-' then
              if before then
                removed[#removed + 1] = id
                grown = grown - 1
              end
            else
              if not before then
                placed = placed + 1
                place = placed
                grown = grown + 1
              end
              set[#set + 1] = {id, place .. ' ' .. show .. ' ' .. content}
            end
          end
          if grown > 0 and redis.call('HLEN', posts) + grown > max_posts or grown_bytes > 0 and bytes + grown_bytes > max_bytes then
            return false
          end
          for _, post in ipairs(set) do redis.call('HSET', posts, post[1], post[2]) end
          for _, id in ipairs(removed) do redis.call('HDEL', posts, id) end
          redis.call('HSET', meta, 'placed', placed, 'posts_bytes', bytes + grown_bytes)
          redis.call('PEXPIRE', posts, page_life)
          return true
        end

        """;

    /// <summary>Reads what a page keeps, and its posts, of one moment.</summary>
    public const string Text = PageScript.OnePage + PageScript.State + PageScript.OldestKept +
        """
        if not epoch or sequence == 0 then return {'0', 1, 0} end
        local reply = redis.call('HGETALL', posts)
        table.insert(reply, 1, ended == sequence and 1 or 0)
        table.insert(reply, 1, oldest_kept(log, sequence, tonumber(ARGV[4]), tonumber(ARGV[5])))
        table.insert(reply, 1, epoch .. '-' .. sequence)
        return reply
        """;

    private const string Hidden = "0";
    private const string Shown = "1";
    private const string Removed = "-";

    public static RedisKey[] Keys(RedisNames names, PageId page) => [names.Meta(page), names.Log(page), names.Posts(page)];

    public static RedisValue[] Arguments(HistoryLimits limits, UpdateId known, DateTimeOffset now)
    {
        var arguments = new RedisValue[5];
        PageScript.WriteArguments(arguments, known);
        arguments[3] = limits.MaxUpdates;
        arguments[4] = (now - limits.MaxAge).ToUnixTimeMilliseconds();
        return arguments;
    }

    /// <summary>The changes as <see cref="Change"/> reads them.</summary>
    public static byte[] Argument(PostChanges changes)
    {
        var netstrings = new MemoryStream((int)changes.Bytes);
        foreach (var post in changes.Renders)
        {
            Add(netstrings, Encoding.UTF8.GetBytes(post.Id));
            Add(netstrings, Encoding.UTF8.GetBytes(post.Show ? Shown : Hidden));
            Add(netstrings, post.Content.Span);
        }

        foreach (var id in changes.Removals)
        {
            Add(netstrings, Encoding.UTF8.GetBytes(id));
            Add(netstrings, Encoding.UTF8.GetBytes(Removed));
            Add(netstrings, []);
        }

        return netstrings.ToArray();
    }

    public static PagePosts Posts(RedisResult result)
    {
        var values = (RedisValue[])result!;
        var posts = new PostList();
        for (var at = PageScript.HeadValues; at < values.Length; at += 2)
        {
            var (place, post) = Read(values[at]!, (byte[])values[at + 1]!);
            posts.Add(place, post);
        }

        return new PagePosts(PageScript.Head(values), posts.NewestFirst());
    }

    private static void Add(MemoryStream netstrings, ReadOnlySpan<byte> text)
    {
        netstrings.Write(Encoding.ASCII.GetBytes(text.Length.ToString(CultureInfo.InvariantCulture)));
        netstrings.WriteByte((byte)':');
        netstrings.Write(text);
    }

    private static (long Place, Post Post) Read(string id, byte[] value)
    {
        if (!Utf8Parser.TryParse(value, out long place, out var digits) || value.Length < digits + 3)
        {
            throw new StoreUnavailableException($"The post '{id}' is none of ours: another program has written to the page's keys.");
        }

        return (place, new Post(id, value[digits + 1] == Shown[0], value.AsMemory(digits + 3)));
    }
}
