using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>The keys and values that <see cref="AppendScript"/> is called with.</summary>
internal sealed class AppendArguments
{
    /// <summary>How long a page is remembered that nothing is kept of any more.</summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>Redis drops keys by its own clock, a little later than <see cref="UpdateDraft.KeyLifetime"/> by the clock of whoever asks.</summary>
    private static readonly TimeSpan _clockSkew = TimeSpan.FromMinutes(1);

    private readonly RedisNames _names;
    private readonly List<RedisKey> _keys;
    private readonly RedisValue[] _values;
    private int _at;

    public AppendArguments(RedisNames names, PostOptions posts, DateTimeOffset now, int pages, int drafts)
    {
        _names = names;
        _keys = new List<RedisKey>(pages * AppendScript.PageKeys);
        _values = new RedisValue[AppendScript.CallValues + (pages * AppendScript.PageValues) + (drafts * AppendScript.DraftValues)];
        _values[0] = now.ToUnixTimeMilliseconds();
        _values[1] = (now - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds();
        _values[2] = Milliseconds(UpdateDraft.KeyLifetime + _clockSkew);
        _values[3] = Milliseconds(_pageLifetime);
        _values[4] = posts.MaxPosts;
        _values[5] = posts.MaxPageBytes;
        _at = AppendScript.CallValues;
    }

    public RedisKey[] Keys => [.. _keys];

    public RedisValue[] Values => _values;

    public void Add(PageId page, IReadOnlyList<UpdateDraft> drafts, HistoryLimits limits, UpdateId known)
    {
        var values = _values.AsSpan(_at, AppendScript.PageValues);
        PageScript.WriteArguments(values, known);
        values[3] = _keys.Count + 1;
        values[4] = _names.Channel(page);
        values[5] = limits.MaxUpdates;
        values[6] = Milliseconds(limits.MaxAge);
        values[7] = drafts.Count;
        _at += AppendScript.PageValues;
        _keys.Add(_names.Meta(page));
        _keys.Add(_names.Log(page));
        _keys.Add(_names.Posts(page));
        foreach (var draft in drafts)
        {
            Add(page, draft);
        }
    }

    private void Add(PageId page, UpdateDraft draft)
    {
        var values = _values.AsSpan(_at, AppendScript.DraftValues);
        if (draft.Key is not null)
        {
            _keys.Add(_names.Key(page, draft.Key));
        }

        // A draft names its key by its place among the keys; 0 is no place.
        values[0] = draft.Key is null ? 0 : _keys.Count;
        values[1] = draft.IsEnd ? AppendScript.End : draft.Keep ? AppendScript.Kept : AppendScript.LiveOnly;
        values[2] = UpdateJson.Entry(draft).ToArray();
        values[3] = draft.Posts is { } changes ? PostsScript.Argument(changes) : RedisValue.EmptyString;
        _at += AppendScript.DraftValues;
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
