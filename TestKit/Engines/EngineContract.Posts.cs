using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Fact]
    public async Task New_posts_come_first_and_changed_ones_keep_their_place()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1"]));
        await Log.AppendAsync(Home, [Drafts.Posts(["c=1"]), Drafts.Posts(["a=2", "d~hidden"], ["b"])], Ct);

        Assert.Equal(["d~hidden", "c=1", "a=2"], await Log.PostsOfAsync(Home));

        await Log.AppendAsync(Home, Drafts.Posts(["d=shown", "b=again"], ["c", "never there"]));

        Assert.Equal(["b=again", "d=shown", "a=2"], await Log.PostsOfAsync(Home));
        Assert.Empty(await Log.PostsOfAsync(Other));
    }

    [Fact]
    public async Task Posts_stand_at_the_pages_head_whatever_else_is_published()
    {
        Assert.Equal(PageHead.Empty, (await Log.PostsAsync(Home, Ct)).Page);
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        var last = await Log.AppendAsync(Home, Drafts.Text("{}"));

        var posts = await Log.PostsAsync(Home, Ct);

        Assert.Equal(new PageHead(last.Id, 1), posts.Page);
        Assert.Equal("a=1", Assert.Single(posts.Posts).Text());
    }

    [Fact]
    public async Task A_change_of_posts_is_an_update_whose_data_is_the_change()
    {
        var listener = await ListenAsync(Home);
        const string Json = """{"renders":{"a":{"show":false,"content":"<p>&amp; \"é\"</p>"}},"removals":["b"]}""";

        await Log.AppendAsync(Home, Drafts.Posts(["""a~<p>&amp; "é"</p>"""], ["b"]));

        await listener.AssertReceivedAsync(Json);
        Assert.Equal(Json, Assert.Single(await Log.ReadAllAsync(Home, UpdateId.None)).Text());
    }

    [Fact]
    public async Task Post_ids_and_contents_may_be_any_text()
    {
        string[] posts = ["=", "a b=1 1 <p>", "__proto__=a\0b", "'\"\\=é✓\U0001F600", "12:3=7:x"];

        await Log.AppendAsync(Home, Drafts.Posts(["=".PadLeft(2, '\''), .. posts[1..]]));

        Assert.Equal(
            ["12:3=7:x", "'\"\\=é✓\U0001F600", "__proto__=a\0b", "a b=1 1 <p>", "'="],
            await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task Posts_stay_when_history_is_trimmed()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        await Log.AppendAsync(Home, [.. Enumerable.Range(1, 15).Select(n => Drafts.Text($"{n}"))], Ct);
        Engine.Time.Advance(TimeSpan.FromDays(2));
        var last = await Log.AppendAsync(Home, Drafts.Text("last"));

        Assert.Equal(["a=1"], await Log.PostsOfAsync(Home));
        Assert.Equal(new PageHead(last.Id, last.Id.Sequence), (await Log.PostsAsync(Home, Ct)).Page);
    }

    [Fact]
    public async Task A_repeated_key_does_not_change_a_post_again()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"], key: "k"));
        await Log.AppendAsync(Home, Drafts.Posts([], ["a"]));

        Assert.True((await Log.AppendAsync(Home, Drafts.Posts(["a=1"], key: "k"))).IsRepeat);
        Assert.Empty(await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task A_change_with_one_post_too_many_is_refused_alone_and_changes_nothing()
    {
        var listener = await ListenAsync(Home);
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1", "c=1", "d=1"]));

        var results = await Log.AppendAsync(
            Home,
            [
                Drafts.Posts(["e=1", "f=1"], key: "k"),
                Drafts.Text("text"),
                Drafts.Posts(["e=1", "f=1"], ["a"], key: "k"),
                Drafts.Posts(["g=1"]),
            ],
            Ct);

        Assert.Equal([true, false, false, true], results.Select(result => result.Status is PublishStatus.PostsFull));
        var accepted = results.Where(result => result.Status is not PublishStatus.PostsFull);
        Assert.Equal([2, 3], accepted.Select(result => result.Id.Sequence));
        Assert.Equal(["f=1", "e=1", "d=1", "c=1", "b=1"], await Log.PostsOfAsync(Home));
        await Wait.UntilAsync(() => listener.Received.Count == 3, "the updates that were not refused");
    }

    [Fact]
    public async Task The_posts_of_a_page_are_limited_in_bytes_and_may_always_become_smaller()
    {
        var (half, more) = (new string('x', 500), new string('x', 501));
        await Log.AppendAsync(Home, Drafts.Posts([$"a={half}", $"b={half}"]));

        Assert.Equal(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts([$"b={more}"]))).Status);
        Assert.Equal(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts(["c=1"]))).Status);
        Assert.NotEqual(
            PublishStatus.PostsFull,
            (await Log.AppendAsync(Home, Drafts.Posts([$"b={more}", "c=1"], ["a"]))).Status);

        (Engine.Posts.MaxPosts, Engine.Posts.MaxPageBytes) = (1, 1);
        Assert.NotEqual(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts([$"b={half}"]))).Status);
        Assert.Equal(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts([$"b={more}"]))).Status);
        Assert.NotEqual(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts(["c="]))).Status);
        Assert.Equal(["c=", $"b={half}"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task A_snapshot_and_the_updates_after_it_always_give_the_same_posts()
    {
        const int Changes = 200;
        Engine.History.MaxUpdates = Changes;
        var writing = WriteAsync();
        var seen = new List<PagePosts>();
        while (!writing.IsCompleted)
        {
            var posts = await Log.PostsAsync(Home, Ct);
            if (seen.Count == 0 || seen[^1].Page.Head != posts.Page.Head)
            {
                seen.Add(posts);
            }

            await Task.Yield();
        }

        await writing;
        var end = await Log.PostsOfAsync(Home);
        foreach (var posts in seen)
        {
            var list = new PostList();
            foreach (var (place, post) in posts.Posts.Reverse().Index())
            {
                list.Add(place, post);
            }

            foreach (var update in await Log.ReadAllAsync(Home, posts.Page.Head))
            {
                Assert.True(PostsJson.TryRead(update.Data, out var changes, out _));
                list.Apply(changes!);
            }

            Assert.Equal(end, list.NewestFirst().Select(post => post.Text()));
        }

        async Task WriteAsync()
        {
            for (var n = 1; n <= Changes; n++)
            {
                string[] renders = [$"{n}={n}", $"{Math.Max(n - 2, 1)}=again {n}"];
                await Log.AppendAsync(Home, Drafts.Posts(renders, removals: [$"{n - 3}"]));
                Engine.Time.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }
        }
    }
}
