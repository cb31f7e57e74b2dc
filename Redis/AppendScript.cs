using System.Buffers.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// A call of the script <c>append.lua</c>, which appends drafts to one or several pages and announces them. The script
/// says what its keys, arguments and replies are.
/// </summary>
internal sealed class AppendScript
{
    public static readonly string Text = ScriptFile.Load("append.lua");

    /// <summary>How the reply for a draft begins that begins its page.</summary>
    private const char Begins = '*';

    private const int CommonArguments = 8;
    private const int PageArguments = 8;
    private const int DraftArguments = 5;

    /// <summary>A page's own keys, without the idempotency keys of its drafts.</summary>
    private const int PageKeys = 4;

    /// <summary>How long Redis remembers a page whose history has expired.</summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>
    /// How much longer than <see cref="UpdateDraft.KeyLifetime"/> Redis keeps an idempotency key: its clock may be
    /// ahead of the caller's, which decides if the key is still valid.
    /// </summary>
    private static readonly TimeSpan _clockSkew = TimeSpan.FromMinutes(1);

    private readonly RedisNames _names;
    private readonly List<RedisKey> _keys;
    private readonly RedisValue[] _arguments;
    private int _argumentCount;

    /// <param name="names">The names of keys and channels.</param>
    /// <param name="posts">The limits of a page's posts.</param>
    /// <param name="publishCommand"><c>PUBLISH</c> or <c>SPUBLISH</c>.</param>
    /// <param name="now">The time of the updates.</param>
    /// <param name="pages">How many pages will be added.</param>
    /// <param name="drafts">How many drafts all pages will have.</param>
    public AppendScript(
        RedisNames names,
        PostOptions posts,
        string publishCommand,
        DateTimeOffset now,
        int pages,
        int drafts)
    {
        _names = names;
        _keys = new List<RedisKey>(pages * PageKeys);
        _arguments = new RedisValue[CommonArguments + (pages * PageArguments) + (drafts * DraftArguments)];
        AddArguments(
            ScriptValues.Time(now),
            ScriptValues.Time(now - UpdateDraft.KeyLifetime),
            ScriptValues.Duration(UpdateDraft.KeyLifetime + _clockSkew),
            ScriptValues.Duration(_pageLifetime),
            posts.MaxPosts,
            posts.MaxPageBytes,
            ScriptValues.Time(now + UpdateTime.MaxAhead),
            publishCommand);
    }

    public RedisKey[] Keys => [.. _keys];

    public RedisValue[] Arguments => _arguments;

    /// <param name="append">What to append.</param>
    /// <param name="limits">The limits of the page's history.</param>
    /// <param name="known">What this process knows of the page's ids (<see cref="NewestKnownIds"/>).</param>
    public void AddPage(PendingAppend append, HistoryLimits limits, KnownIds known)
    {
        var (page, drafts) = (append.Page, append.Drafts);
        AddArguments(
            ScriptValues.NewEpoch(),
            known.Epochs,
            known.Newest.Sequence,
            _keys.Count + 1,
            _names.Channel(page),
            limits.MaxUpdates,
            ScriptValues.Duration(limits.MaxAge),
            drafts.Count);
        _keys.Add(_names.Meta(page));
        _keys.Add(_names.Log(page));
        _keys.Add(_names.Posts(page));
        _keys.Add(_names.Times(page));
        for (var i = 0; i < drafts.Count; i++)
        {
            AddDraft(page, drafts[i], append.KeyOf(i));
        }
    }

    /// <summary>Reads the reply for one page: a result for each of its drafts.</summary>
    /// <param name="reply">The reply for the page.</param>
    /// <param name="begins">Whether one of the drafts begins the page.</param>
    /// <exception cref="StoreUnavailableException">Redis refused the append to this page.</exception>
    public static PublishResult[] ParseReply(RedisResult reply, out bool begins)
    {
        var replies = (string[])reply!;
        begins = Array.Exists(replies, static draft => draft[0] == Begins);
        return Array.ConvertAll(replies, ParseDraftReply);
    }

    private static PublishResult ParseDraftReply(string reply) => reply[0] switch
    {
        '+' or Begins => PublishResult.Published(ScriptValues.ParseId(reply[1..], isAppend: true)),
        '=' => PublishResult.Repeated(ScriptValues.ParseId(reply[1..], isAppend: true)),
        '#' => PublishResult.KeyReused,
        '!' => PublishResult.PostsFull,
        _ => throw RedisErrors.Refused(reply[1..], isAppend: true),
    };

    private void AddDraft(PageId page, UpdateDraft draft, StoredKey? key)
    {
        AddArguments(
            key is null ? 0 : AddKey(page, key),
            draft.IsEnd ? "end" : draft.Keep ? "1" : "0",
            UpdateJson.WriteEntry(draft),
            draft.Posts is { } changes ? PostChangesEncoder.Encode(changes) : RedisValue.EmptyString,
            draft.TraceParent ?? RedisValue.EmptyString);
    }

    private RedisValue AddKey(PageId page, StoredKey key)
    {
        _keys.Add(_names.Key(page, key.Name));
        var (index, olderIndex) = (_keys.Count, 0);
        if (key.OlderName is { } name)
        {
            _keys.Add(_names.Key(page, name));
            olderIndex = _keys.Count;
        }

        return $"{index} {olderIndex} {Base64Url.EncodeToString(key.Digest.Span)}";
    }

    private void AddArguments(params ReadOnlySpan<RedisValue> arguments)
    {
        arguments.CopyTo(_arguments.AsSpan(_argumentCount));
        _argumentCount += arguments.Length;
    }
}
