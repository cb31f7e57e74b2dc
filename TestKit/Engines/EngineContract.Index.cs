using LiveStreams.Core;
using LiveStreams.Core.Listing;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    private IPageIndex Index => Engine.Index;

    [Fact]
    public async Task Pages_are_listed_by_the_bytes_of_their_names()
    {
        string[] names = ["B", "a", "a b", "a/b", "b", "é", "～", "\U0001F389", "\U0001F389a"];
        foreach (var name in names.Reverse())
        {
            await Log.AppendAsync(PageId.Parse(name), Drafts.Text("x"));
        }

        Assert.Equal(names, await ListAsync(NameRange.All));
        Assert.Equal(names[3..], await ListAsync(NameRange.Of("", after: PageId.Parse("a b"))));
        Assert.Equal(names[4..6], await ListAsync(NameRange.Of("", after: PageId.Parse("ab")), limit: 2));
        Assert.Equal(names[1..4], await ListAsync(NameRange.Of("a")));
        Assert.Equal(names[7..], await ListAsync(NameRange.Of("\U0001F389")));
        Assert.Equal(["a/b"], await ListAsync(NameRange.Of("a", after: PageId.Parse("a b"))));
        Assert.Empty(await ListAsync(NameRange.Of("a", after: PageId.Parse("b"))));
        Assert.Empty(await ListAsync(NameRange.Of("news")));
    }

    [Fact]
    public async Task A_listed_page_has_its_head_and_the_time_of_its_newest_update()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        Engine.Time.Advance(_minute);
        var head = (await Log.AppendAsync(Home, Drafts.Text("3"))).Id;
        var kept = Engine.Time.GetUtcNow();
        Assert.Equal([new ListedPage(Home, head, kept, IsEnded: false)], await ReadAllListedAsync());

        Engine.Time.Advance(_minute);
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        var live = Engine.Time.GetUtcNow();
        Assert.Equal([new ListedPage(Home, head, live, IsEnded: false)], await ReadAllListedAsync());

        Engine.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal([new ListedPage(Home, head, live, IsEnded: false)], await ReadAllListedAsync());
    }

    [Fact]
    public async Task A_page_with_only_live_only_updates_is_listed_without_a_head()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal(
            [new ListedPage(Home, UpdateId.None, Engine.Time.GetUtcNow(), IsEnded: false)], await ReadAllListedAsync());
    }

    [Fact]
    public async Task An_ended_page_stays_listed_as_ended_until_it_begins_again()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        var end = (await Log.AppendAsync(Home, UpdateDraft.End(key: null))).Id;
        Assert.Equal([(end, true)], (await ReadAllListedAsync()).Select(page => (page.Head, page.IsEnded)));

        var next = (await Log.AppendAsync(Home, Drafts.Text("b"))).Id;
        Assert.Equal([(next, false)], (await ReadAllListedAsync()).Select(page => (page.Head, page.IsEnded)));
    }

    [Fact]
    public async Task A_page_to_which_nothing_could_be_published_is_not_listed()
    {
        await Log.AppendAsync(Home, Drafts.Posts([$"p={new string('x', 2000)}"]));

        Assert.Empty(await ReadAllListedAsync());
        Assert.Empty(await Index.ReadAsync([Home, Other], Ct));
    }

    [Fact]
    public async Task Pages_that_the_store_has_lost_are_not_listed()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        await LoseAllPagesAsync();
        Assert.Empty(await ReadAllListedAsync());

        await Log.AppendAsync(Home, Drafts.Text("b"));
        Assert.Equal(["home"], await ListAsync(NameRange.All));
    }

    [Fact]
    public async Task A_page_that_is_new_is_born_once_before_its_publish_is_done()
    {
        await Log.AppendAsync(Home, Drafts.Text("before"));
        var start = await Index.ReadBornAsync(cursor: null, Ct);
        Assert.Empty(start.Pages);
        Assert.False(start.IsGap);

        await Log.AppendAsync(Home, Drafts.Text("known"));
        Assert.Empty((await Index.ReadBornAsync(start.Cursor, Ct)).Pages);
        await Log.AppendAsync(Other, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        var first = await Index.ReadBornAsync(start.Cursor, Ct);
        Assert.Equal([Other], first.Pages);
        await Log.AppendAsync(Other, Drafts.Text("3"));
        await Log.AppendAsync(PageId.Parse("live"), Drafts.Text("live", keep: false));

        var second = await Index.ReadBornAsync(first.Cursor, Ct);
        Assert.Equal(["live"], second.Pages.Select(page => page.Value));
        Assert.Empty((await Index.ReadBornAsync(second.Cursor, Ct)).Pages);
        Assert.Equal(2, (await Index.ReadBornAsync(start.Cursor, Ct)).Pages.Count);
    }

    [Fact]
    public async Task A_page_is_born_again_after_it_has_ended()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        var start = await Index.ReadBornAsync(cursor: null, Ct);
        await Log.AppendAsync(Home, UpdateDraft.End(key: null));
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        Assert.Empty((await Index.ReadBornAsync(start.Cursor, Ct)).Pages);

        await Log.AppendAsync(Home, Drafts.Text("b"));

        Assert.Equal([Home], (await Index.ReadBornAsync(start.Cursor, Ct)).Pages);
    }

    [Fact]
    public async Task A_cursor_from_before_the_store_was_lost_is_a_gap_and_the_next_one_continues()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        var before = await Index.ReadBornAsync(cursor: null, Ct);
        await LoseAllPagesAsync();
        await Log.AppendAsync(Home, Drafts.Text("b"));

        var gap = await Index.ReadBornAsync(before.Cursor, Ct);
        await Log.AppendAsync(Other, Drafts.Text("c"));

        Assert.True(gap.IsGap);
        Assert.Empty(gap.Pages);
        Assert.Equal([Other], (await Index.ReadBornAsync(gap.Cursor, Ct)).Pages);
        Assert.True((await Index.ReadBornAsync("not a cursor", Ct)).IsGap);
    }

    [Fact]
    public async Task New_pages_are_read_in_blocks_and_a_cursor_that_is_too_old_is_a_gap()
    {
        const int Born = 1500;
        var start = await Index.ReadBornAsync(cursor: null, Ct);
        await AppendToNewPagesAsync(0, Born);

        var first = await Index.ReadBornAsync(start.Cursor, Ct);
        var second = await Index.ReadBornAsync(first.Cursor, Ct);
        await AppendToNewPagesAsync(Born, 11_000);

        Assert.Equal((IPageIndex.MaxPages, Born - IPageIndex.MaxPages), (first.Pages.Count, second.Pages.Count));
        Assert.Equal(Born, first.Pages.Concat(second.Pages).Distinct().Count());
        Assert.True((await Index.ReadBornAsync(start.Cursor, Ct)).IsGap);
    }

    private async Task AppendToNewPagesAsync(int first, int count)
    {
        foreach (var block in Enumerable.Range(first, count).Chunk(1000))
        {
            await Task.WhenAll(block.Select(n => Log.AppendAsync(PageId.Parse($"born:{n}"), Drafts.Text("x"))));
        }
    }

    private async Task<string[]> ListAsync(NameRange range, int limit = IPageIndex.MaxPages) =>
        [.. (await Index.ListAsync(range, limit, Ct)).Select(page => page.Value)];

    private async Task<IReadOnlyList<ListedPage>> ReadAllListedAsync() =>
        await Index.ReadAsync(await Index.ListAsync(NameRange.All, IPageIndex.MaxPages, Ct), Ct);
}
