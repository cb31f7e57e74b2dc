using System.Text.Json;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>A page as a subscriber builds it: a snapshot, and then every change.</summary>
internal sealed class LivePage
{
    private readonly List<(string Id, string Text)> _posts = [];

    /// <summary>The posts, newest first, as <see cref="PostClient.PostsAsync"/> has them.</summary>
    public string[] Posts => [.. _posts.Select(post => post.Text)];

    /// <summary>Opens a stream and follows it up to the id that <paramref name="last"/> will name.</summary>
    public static async Task<LivePage> FollowAsync(ApiClient client, Task<string> last)
    {
        var page = new LivePage();
        await using var stream = await client.SubscribeAsync("home", query: "?snapshot=true");
        var item = await stream.NextAsync();
        Assert.Equal("snapshot", item.EventType);
        page.Show(JsonDocument.Parse(item.Data).RootElement);
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
            page.Apply(JsonDocument.Parse(item.Data).RootElement);
        }

        return page;
    }

    private void Show(JsonElement snapshot)
    {
        _posts.Clear();
        _posts.AddRange(PostClient.PostsIn(snapshot).Select(text => (text[..text.IndexOfAny(['=', '~'])], text)));
    }

    private void Apply(JsonElement changes)
    {
        foreach (var render in changes.GetProperty("renders").EnumerateObject())
        {
            var text = $"{render.Name}{(render.Value.GetProperty("show").GetBoolean() ? '=' : '~')}{render.Value.GetProperty("content").GetString()}";
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
