using System.Text.Json;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>The posts of a page as a subscriber builds them from a snapshot and every change after it.</summary>
internal sealed class PageReplica
{
    private readonly List<(string Id, string Text)> _posts = [];

    /// <summary>The posts, newest first, formatted as by <see cref="PostClient.GetPostsAsync"/>.</summary>
    public string[] Posts => [.. _posts.Select(post => post.Text)];

    /// <summary>Opens a stream and follows it up to the id that <paramref name="last"/> returns.</summary>
    public static async Task<PageReplica> FollowAsync(ApiClient client, Task<string> last)
    {
        var page = new PageReplica();
        await using var stream = await client.SubscribeAsync("home", query: "?snapshot=true");
        var item = await stream.NextAsync();
        Assert.Equal("snapshot", item.EventType);
        page.ApplySnapshot(JsonDocument.Parse(item.Data).RootElement);
        var at = ApiClient.SequenceOf(item.EventId!);
        while (!last.IsCompleted || at < ApiClient.SequenceOf(await last))
        {
            var next = stream.NextAsync();
            if (await Task.WhenAny(next, last) != next && at >= ApiClient.SequenceOf(await last))
            {
                break;
            }

            item = await next;
            Assert.Equal(("message", at + 1), (item.EventType, ApiClient.SequenceOf(item.EventId!)));
            at++;
            page.ApplyChanges(JsonDocument.Parse(item.Data).RootElement);
        }

        return page;
    }

    private void ApplySnapshot(JsonElement snapshot)
    {
        _posts.Clear();
        _posts.AddRange(PostClient.FormatPosts(snapshot).Select(text => (text[..text.IndexOfAny(['=', '~'])], text)));
    }

    private void ApplyChanges(JsonElement changes)
    {
        foreach (var render in changes.GetProperty("renders").EnumerateObject())
        {
            var text = PostClient.FormatPost(render.Name, render.Value);
            var at = _posts.FindIndex(post => post.Id == render.Name);
            if (at < 0)
            {
                _posts.Insert(0, (render.Name, text));
            }
            else
            {
                _posts[at] = (render.Name, text);
            }
        }

        foreach (var id in changes.GetProperty("removals").EnumerateArray())
        {
            _posts.RemoveAll(post => post.Id == id.GetString());
        }
    }
}
