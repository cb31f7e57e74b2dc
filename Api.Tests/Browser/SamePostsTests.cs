using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A browser that has followed a page from its beginning shows the posts that the server has.</summary>
public sealed class SamePostsTests(Chromium chromium)
{
    /// <summary>A tab that follows one page after the other, and compares its posts with those of the server.</summary>
    private const string Page = """
        <script>
          let stream, posts, done;
          const address = page => `{server}/pages/${page}/`;
          const postsIn = () => new LiveStreams.LivePosts(document.createElement('div'), { html: true });
          const follow = page => new Promise(live => {
            stream?.close();
            done = false;
            posts = postsIn();
            stream = new LiveStreams.LiveStream(address(page) + 'events', { shared: false, events: ['done'] });
            posts.follow(stream);
            stream.addEventListener('state', ({ detail }) => detail.state === 'live' && live());
            stream.addEventListener('update', ({ detail }) => done ||= detail.event === 'done');
          });
          const compare = async page => {
            const whole = postsIn();
            whole.replace((await (await fetch(address(page) + 'posts')).json()).posts);
            return [whole.list.innerHTML, posts.list.innerHTML];
          };
        </script>
        """;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_update_changes_the_posts_of_a_browser_as_it_changes_those_of_the_server()
    {
        using var redis = await RedisServer.StartAsync();
        await using var tabs = await LiveTabs.StartAsync(
            chromium, $"--Redis:Connection={redis.Connection}", "--Posts:MaxPosts=4", "--Posts:MaxPostBytes=100");
        var tab = await tabs.OpenAsync(Page);
        foreach (var (update, page) in PostsCase.All.Select((update, number) => (update, $"{number}")))
        {
            await tab.EvaluateAsync("follow", page);
            var status = await PublishAsync(update, page);
            await AssertSameAsync(tabs.Client, tab, page);

            Assert.Equal(
                (update.Name, update.Status, string.Join(' ', update.Posts)),
                (update.Name, status, string.Join(' ', await tabs.Client.GetPostsAsync(page))));
        }

        async Task<int> PublishAsync(PostsCase update, string page)
        {
            if (update.IsForeign)
            {
                await redis.CliAsync("PUBLISH", $"livestreams:{{{page}}}", update.Data);
                return update.Status;
            }

            using var response = await tabs.Client.SendAsync(
                HttpMethod.Post, $"/pages/{page}/updates{update.Query}", update.Data, update.ContentType);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Posts_sent_as_text_are_limited_in_a_browser_as_in_the_server()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium, "--Posts:MaxPosts=2");
        var tab = await tabs.OpenAsync(Page);
        await tab.EvaluateAsync("follow", "home");
        var statuses = new List<int>();
        for (var n = 1; n <= 5; n++)
        {
            using var response = await tabs.Client.PostAsync(
                "home", PostsCase.Change.Replace("\"a\"", $"\"{n}\"", StringComparison.Ordinal));
            statuses.Add((int)response.StatusCode);
        }

        await AssertSameAsync(tabs.Client, tab, "home");
        Assert.Equal([201, 201, 409, 409, 409], statuses);
        Assert.Equal(["2=1", "1=1"], await tabs.Client.GetPostsAsync("home"));
    }

    // After the tab has seen everything.
    private static async Task AssertSameAsync(ApiClient client, IPage tab, string page)
    {
        await client.PublishAsync(page, "x", query: "?event=done");
        await LiveTabs.WaitForAsync(tab, "done");
        var posts = await tab.EvaluateAsync<string[]>("compare", page);
        Assert.Equal(posts[0], posts[1]);
    }
}
