using LiveStreams.Core;
using LiveStreams.Core.Posts;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The engine that many processes share. A page's history is a Redis stream, and one script does everything that an
/// append does, including the announcement (<see cref="AppendScript"/>). An update is as durable as Redis is configured
/// to make it (<c>appendfsync</c>).
/// </summary>
/// <remarks>
/// No call has a timeout here, except the client's <c>asyncTimeout</c>: <see cref="PageWriter"/> has one for publishers
/// and <see cref="BoundedReadLog"/> for readers, and both must know when Redis has ended the call.
/// </remarks>
public sealed class RedisLog(
    RedisConnection connection,
    HistoryOptions history,
    PostOptions posts,
    TimeProvider time) : IPageLog
{
    private readonly RedisNames _names = connection.Names;
    private readonly NewestKnownIds _known = connection.NewestKnownIds;
    private readonly AppendQueue _queue = new(connection, new AppendSender(connection, history, posts, time));

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken) =>
        new(_queue.AppendAsync(page, drafts).WaitAsync(cancellationToken));

    public async ValueTask<HistoryBlock> ReadAsync(
        PageId page,
        UpdateId after,
        int limit,
        CancellationToken cancellationToken)
    {
        var reading = ReadAsync(ReadScript.Text, page, after.Sequence, limit);
        var reply = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        var block = ReadScript.ParseBlock(reply, after, limit, time.GetUtcNow());
        RecordHead(page, block.Page);
        return block;
    }

    public async ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page,
        UpdateId before,
        int limit,
        CancellationToken cancellationToken)
    {
        var reading = ReadAsync(ReadBeforeScript.Text, page, before.Sequence, limit);
        var reply = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        var block = ReadBeforeScript.ParseBlock(reply, before, limit, time.GetUtcNow());
        RecordHead(page, block.Page);
        return block;
    }

    public async ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        var reading = ReadAsync(ReadScript.Text, page, sequence: 0, limit: 0);
        var reply = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        var head = ReadScript.ParseHead(reply);
        RecordHead(page, head);
        return head;
    }

    public async ValueTask<UpdateId> PositionAtAsync(
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken)
    {
        var keys = PositionScript.Keys(_names, page);
        var arguments = PositionScript.Arguments(history.For(page), _known.Find(page), moment, time.GetUtcNow());
        var reading = connection.EvaluateAsync(PositionScript.Text, keys, arguments);
        var reply = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        var (head, position) = PositionScript.ParseReply(reply);
        RecordHead(page, head);
        return position;
    }

    public async ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        var keys = ReadPostsScript.Keys(_names, page);
        var arguments = ReadPostsScript.Arguments(history.For(page), _known.Find(page), time.GetUtcNow());
        var reading = connection.EvaluateAsync(ReadPostsScript.Text, keys, arguments);
        var posts = ReadPostsScript.ParseReply(await reading.WaitAsync(cancellationToken).ConfigureAwait(false));
        RecordHead(page, posts.Page);
        return posts;
    }

    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await connection.CheckAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    private Task<RedisResult> ReadAsync(string script, PageId page, long sequence, int limit)
    {
        var keys = ReadScript.Keys(_names, page);
        var arguments = ReadScript.Arguments(history.For(page), _known.Find(page), sequence, limit, time.GetUtcNow());
        return connection.EvaluateAsync(script, keys, arguments);
    }

    private void RecordHead(PageId page, PageHead head)
    {
        if (!head.Head.IsNone)
        {
            _known.Record(page, head.Head);
        }
    }
}
