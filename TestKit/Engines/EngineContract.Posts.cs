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
    public async Task A_change_of_posts_is_an_update_whose_data_says_it()
    {
        var listener = await ListenAsync(Home);
        const string Json = """{"renders":{"a":{"show":false,"content":"<p>&amp; \"é\"</p>"}},"removals":["b"]}""";

        await Log.AppendAsync(Home, Drafts.Posts(["""a~<p>&amp; "é"</p>"""], ["b"]));

        await listener.HeardAsync(Json);
        Assert.Equal(Json, Assert.Single(await Log.ReadAllAsync(Home, UpdateId.None)).Text());
    }

    [Fact]
    public async Task Ids_and_contents_may_be_any_text()
    {
        string[] posts = ["=", "a b=1 1 <p>", "__proto__=a\0b", "'\"\\=é✓\U0001F600", "12:3=7:x"];

        await Log.AppendAsync(Home, Drafts.Posts(["=".PadLeft(2, '\''), .. posts[1..]]));

        Assert.Equal(["12:3=7:x", "'\"\\=é✓\U0001F600", "__proto__=a\0b", "a b=1 1 <p>", "'="], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task Posts_stay_when_history_moves_on()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        await Log.AppendAsync(Home, [.. Enumerable.Range(1, 15).Select(n => Drafts.Text($"{n}"))], Ct);
        Engine.Time.Advance(TimeSpan.FromDays(2));
        var last = await Log.AppendAsync(Home, Drafts.Text("last"));

        Assert.Equal(["a=1"], await Log.PostsOfAsync(Home));
        Assert.Equal(new PageHead(last.Id, last.Id.Sequence), (await Log.PostsAsync(Home, Ct)).Page);
    }

    [Fact]
    public async Task A_repeated_key_changes_no_post_again()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"], key: "k"));
        await Log.AppendAsync(Home, Drafts.Posts([], ["a"]));

        Assert.True((await Log.AppendAsync(Home, Drafts.Posts(["a=1"], key: "k"))).IsRepeat);
        Assert.Empty(await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task One_post_too_many_is_refused_alone_and_changes_nothing()
    {
        var listener = await ListenAsync(Home);
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1", "c=1", "d=1"]));

        var answers = await Log.AppendAsync(
            Home, [Drafts.Posts(["e=1", "f=1"], key: "k"), Drafts.Text("text"), Drafts.Posts(["e=1", "f=1"], ["a"], key: "k"), Drafts.Posts(["g=1"])], Ct);

        Assert.Equal([true, false, false, true], answers.Select(answer => answer.Status is PublishStatus.PostsFull));
        Assert.Equal([2, 3], answers.Where(answer => answer.Status is not PublishStatus.PostsFull).Select(answer => answer.Id.Sequence));
        Assert.Equal(["f=1", "e=1", "d=1", "c=1", "b=1"], await Log.PostsOfAsync(Home));
        await Wait.UntilAsync(() => listener.Received.Count == 3, "what was not refused");
    }

    [Fact]
    public async Task Posts_are_bounded_in_bytes_and_may_always_become_smaller()
    {
        var (half, more) = (new string('x', 500), new string('x', 501));
        await Log.AppendAsync(Home, Drafts.Posts([$"a={half}", $"b={half}"]));

        Assert.True((await Log.AppendAsync(Home, Drafts.Posts([$"b={more}"]))).Status is PublishStatus.PostsFull);
        Assert.True((await Log.AppendAsync(Home, Drafts.Posts(["c=1"]))).Status is PublishStatus.PostsFull);
        Assert.False((await Log.AppendAsync(Home, Drafts.Posts([$"b={more}", "c=1"], ["a"]))).Status is PublishStatus.PostsFull);

        (Engine.Posts.MaxPosts, Engine.Posts.MaxPageBytes) = (1, 1);
        Assert.False((await Log.AppendAsync(Home, Drafts.Posts([$"b={half}"]))).Status is PublishStatus.PostsFull);
        Assert.True((await Log.AppendAsync(Home, Drafts.Posts([$"b={more}"]))).Status is PublishStatus.PostsFull);
        Assert.False((await Log.AppendAsync(Home, Drafts.Posts(["c="]))).Status is PublishStatus.PostsFull);
        Assert.Equal(["c=", $"b={half}"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task A_page_that_is_ended_keeps_nothing_but_its_place()
    {
        var listener = await ListenAsync(Home);
        var before = await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Posts(["p=1"])], Ct);

        var end = await Log.AppendAsync(Home, UpdateDraft.End(key: null));

        Assert.True(end.Id.Follows(before[1].Id));
        Assert.Equal(new PageHead(end.Id, 4, IsEnded: true), await Log.HeadAsync(Home, Ct));
        Assert.Equal(new PageHead(end.Id, 4, IsEnded: true), (await Log.PostsAsync(Home, Ct)).Page);
        Assert.Empty(await Log.PostsOfAsync(Home));
        var block = await Log.ReadAsync(Home, before[1].Id, 10, Ct);
        Assert.Equal((ResetReason.Trimmed, true), (block.Reset, block.Page.IsEnded));
        Assert.Empty((await Log.ReadAsync(Home, end.Id, 10, Ct)).Updates);
        await Wait.UntilAsync(() => listener.Received.Count == 3, "every announcement");
        Assert.Equal((end.Id, "end", """{"reason":"deleted"}"""), (listener.Received[2].Id, listener.Received[2].Event, listener.Received[2].Text()));
    }

    [Fact]
    public async Task Ending_a_page_again_is_answered_as_the_first_time_and_announces_nothing()
    {
        var listener = await ListenAsync(Home);
        var end = await Log.AppendAsync(Home, UpdateDraft.End("k"));

        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(Home, UpdateDraft.End(key: null)));
        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(Home, UpdateDraft.End("k")));
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal(new PageHead(end.Id, 2, IsEnded: true), await Log.HeadAsync(Home, Ct));
        await listener.HeardAsync("""{"reason":"deleted"}""", "live");
    }

    [Fact]
    public async Task A_key_is_answered_as_the_first_time_also_when_the_page_has_ended_again()
    {
        var first = await Log.AppendAsync(Home, UpdateDraft.End("k"));
        await Log.AppendAsync(Home, Drafts.Text("it lives again"));
        await Log.AppendAsync(Home, UpdateDraft.End(key: null));

        Assert.Equal(PublishResult.Repeated(first.Id), await Log.AppendAsync(Home, UpdateDraft.End("k")));
    }

    [Fact]
    public async Task A_page_lives_again_when_something_is_published()
    {
        await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Posts(["p=1", "q=1", "r=1", "s=1", "t=1"])], Ct);

        var answers = await Log.AppendAsync(Home, [UpdateDraft.End(key: null), Drafts.Posts(["u=1", "v=1", "p=2"]), Drafts.Text("b")], Ct);

        Assert.Equal([3, 4, 5], answers.Select(answer => answer.Id.Sequence));
        Assert.Equal(new PageHead(answers[2].Id, 4), await Log.HeadAsync(Home, Ct));
        Assert.Equal(["p=2", "v=1", "u=1"], await Log.PostsOfAsync(Home));
        Assert.Equal([4, 5], (await Log.ReadAllAsync(Home, answers[0].Id)).Select(update => update.Id.Sequence));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, answers[0].Id.Before(answers[0].Id.Sequence), 10, Ct)).Reset);
    }

    [Fact]
    public async Task Posts_and_what_follows_them_always_make_the_same_page()
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
                await Log.AppendAsync(Home, Drafts.Posts([$"{n}={n}", $"{Math.Max(n - 2, 1)}=again {n}"], [$"{n - 3}"]));
                Engine.Time.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }
        }
    }
}
