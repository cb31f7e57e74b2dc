using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Redis;

/// <summary>
/// The engine that many processes share: a page's history is a Redis stream, and everything that happens to a page happens in one script
/// (<see cref="AppendScript"/>), which also announces. An update is as durable as Redis is set to make it (<c>appendfsync</c>).
/// </summary>
public sealed class RedisLog(RedisConnection connection, HistoryOptions history, PostOptions posts, TimeProvider time) : IPageLog
{
    /// <summary>How long a read may take. An append has no bound here: <see cref="PageWriter"/> tells its publishers, and must know when it has ended.</summary>
    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(1.5);

    private readonly RedisNames _names = connection.Names;
    private readonly NewestKnownIds _known = connection.NewestKnownIds;
    private readonly AppendQueue _line = new(connection, new AppendCalls(connection, history, posts, time));

    public ValueTask<Published[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken) =>
        new(_line.AppendAsync(page, drafts).WaitAsync(cancellationToken));

    public async ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken)
    {
        var block = ReadScript.ParseBlock(await ReadAsync(page, after, limit).WaitAsync(cancellationToken).ConfigureAwait(false), after);
        Note(page, block.Page);
        return block;
    }

    public async ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        var head = ReadScript.ParseHead(await ReadAsync(page, UpdateId.None, limit: 0).WaitAsync(cancellationToken).ConfigureAwait(false));
        Note(page, head);
        return head;
    }

    public async ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        var arguments = ReadPostsScript.Arguments(history.For(page), _known.Find(page), time.GetUtcNow());
        var reply = connection.EvaluateAsync(ReadPostsScript.Text, ReadPostsScript.Keys(_names, page), arguments).InTimeAsync(_readTimeout, time);
        var posts = ReadPostsScript.ParseReply(await reply.WaitAsync(cancellationToken).ConfigureAwait(false));
        Note(page, posts.Page);
        return posts;
    }

    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await connection.CheckAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    private Task<StackExchange.Redis.RedisResult> ReadAsync(PageId page, UpdateId after, int limit)
    {
        var arguments = ReadScript.Arguments(history.For(page), _known.Find(page), after, limit, time.GetUtcNow());
        return connection.EvaluateAsync(ReadScript.Text, ReadScript.Keys(_names, page), arguments).InTimeAsync(_readTimeout, time);
    }

    private void Note(PageId page, PageHead head)
    {
        if (!head.Head.IsNone)
        {
            _known.Record(page, head.Head);
        }
    }
}
