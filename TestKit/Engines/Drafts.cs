using System.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.TestKit.Engines;

public static class Drafts
{
    public static UpdateDraft Text(
        string data, string? key = null, bool keep = true, string? name = null, string? scope = null) =>
        new() { Data = Encoding.UTF8.GetBytes(data), Key = Key(key, scope), Keep = keep, Event = name };

    public static UpdateDraft End(string key) => UpdateDraft.End(Key(key));

    /// <summary>
    /// An update that renders posts, given as <c>id=content</c> or, if hidden, <c>id~content</c>, and removes others.
    /// </summary>
    public static UpdateDraft Posts(string[] renders, string[]? removals = null, string? key = null) =>
        UpdateDraft.ChangePosts(new PostChanges([.. renders.Select(Post)], removals ?? []), Key(key));

    /// <summary>The posts of a page in the same form, newest first.</summary>
    public static async Task<string[]> PostsOfAsync(this IPageLog log, PageId page) =>
        [.. (await log.PostsAsync(page, TestContext.Current.CancellationToken)).Posts.Select(Text)];

    public static string Text(this Post post) =>
        $"{post.Id}{(post.Show ? '=' : '~')}{Encoding.UTF8.GetString(post.Content.Span)}";

    public static string Text(this Update update) => Encoding.UTF8.GetString(update.Data.Span);

    public static async Task<PublishResult> AppendAsync(this IPageLog log, PageId page, UpdateDraft draft) =>
        (await log.AppendAsync(page, [draft], TestContext.Current.CancellationToken))[0];

    /// <summary>All updates after a position, read block by block.</summary>
    public static async Task<List<Update>> ReadAllAsync(this IPageLog log, PageId page, UpdateId after)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var all = new List<Update>();
        while (true)
        {
            var block = await log.ReadAsync(page, after, HistoryBlock.MaxUpdates, cancellation);
            Assert.Null(block.Reset);
            if (block.Updates.Count == 0)
            {
                return all;
            }

            all.AddRange(block.Updates);
            after = block.Updates[^1].Id;
        }
    }

    private static IdempotencyKey? Key(string? text, string? scope = null) =>
        text is null ? null : new IdempotencyKey(text, scope);

    private static Post Post(string text)
    {
        var at = text.IndexOfAny(['=', '~']);
        return new Post(text[..at], text[at] == '=', Encoding.UTF8.GetBytes(text[(at + 1)..]));
    }
}
