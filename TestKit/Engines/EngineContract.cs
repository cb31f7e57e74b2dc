using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

/// <summary>The guarantees of <see cref="IPageLog"/> and <see cref="IPageBus"/>. Every engine passes them.</summary>
public abstract partial class EngineContract : IAsyncLifetime
{
    protected static readonly PageId Home = PageId.Parse("home");
    protected static readonly PageId Other = PageId.Parse("other/page ✓");
    private Engine? _engine;

    protected Engine Engine => _engine!;

    protected IPageLog Log => Engine.Log;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _engine = await OpenAsync(new HistoryOptions { MaxUpdates = 10 });

    public ValueTask DisposeAsync()
    {
        Close();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract Task<Engine> OpenAsync(HistoryOptions history);

    /// <summary>
    /// Loses all pages, as when the process restarts, its file is deleted or Redis is emptied. The engine may be
    /// another one afterwards.
    /// </summary>
    protected abstract Task LoseAllPagesAsync();

    protected virtual void Close() => _engine?.Dispose();

    protected void Use(Engine engine) => _engine = engine;

    [Fact]
    public async Task Sequences_begin_at_one_and_are_contiguous_in_one_epoch()
    {
        var results = await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Text("b")], Ct);
        var last = await Log.AppendAsync(Home, Drafts.Text("c"));

        Assert.Equal([1, 2, 3], results.Append(last).Select(result => result.Id.Sequence));
        Assert.Single(results.Append(last).Select(result => result.Id.Epoch).Distinct());
        Assert.Equal(new PageHead(last.Id, 1), await Log.HeadAsync(Home, Ct));
    }

    [Fact]
    public async Task Pages_have_sequences_and_epochs_of_their_own()
    {
        var home = await Log.AppendAsync(Home, Drafts.Text("a"));
        var other = await Log.AppendAsync(Other, Drafts.Text("b"));

        Assert.Equal(1, other.Id.Sequence);
        Assert.NotEqual(home.Id.Epoch, other.Id.Epoch);
    }

    [Fact]
    public async Task Updates_are_read_as_they_were_appended()
    {
        UpdateDraft[] drafts = [Drafts.Text(""), Drafts.Text("line\r\nline ✓", name: "score ✓"), Drafts.Text("\0")];
        await Log.AppendAsync(Home, drafts, Ct);

        var updates = await Log.ReadAllAsync(Home, UpdateId.None);

        Assert.Equal(["", "line\r\nline ✓", "\0"], updates.Select(update => update.Text()));
        Assert.Equal([null, "score ✓", null], updates.Select(update => update.Event));
        Assert.All(updates, update => Assert.Equal(Engine.Time.GetUtcNow(), update.Time));
    }

    [Fact]
    public async Task A_read_starts_right_after_the_position_and_stops_at_the_limit()
    {
        var results = await Log.AppendAsync(Home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);

        var block = await Log.ReadAsync(Home, results[1].Id, limit: 2, Ct);

        Assert.Equal(["3", "4"], block.Updates.Select(update => update.Text()));
        Assert.Equal(results[4].Id, block.Page.Head);
        Assert.Empty((await Log.ReadAsync(Home, results[4].Id, limit: 2, Ct)).Updates);
    }

    [Fact]
    public async Task A_block_is_limited_in_bytes_and_has_at_least_one_update()
    {
        var large = new string('x', HistoryBlock.MaxBytes + 1);
        await Log.AppendAsync(Home, [Drafts.Text(large), Drafts.Text(large), Drafts.Text("small")], Ct);

        var block = await Log.ReadAsync(Home, UpdateId.None, HistoryBlock.MaxUpdates, Ct);

        Assert.Equal(large, Assert.Single(block.Updates).Text());
        Assert.Equal(3, (await Log.ReadAllAsync(Home, UpdateId.None)).Count);
    }

    [Fact]
    public async Task A_page_without_updates_has_an_empty_head()
    {
        Assert.Equal(PageHead.Empty, await Log.HeadAsync(Home, Ct));
        Assert.Null((await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        Assert.Equal(
            new PageReset(ResetReason.Epoch, UpdateId.None, Missed: null),
            (await Log.ReadAsync(Home, new UpdateId(1, 1), 10, Ct)).Reset);
    }

    [Fact]
    public async Task A_position_of_another_epoch_and_a_position_of_the_future_give_different_resets()
    {
        var head = (await Log.AppendAsync(Home, Drafts.Text("a"))).Id;

        var foreign = await Log.ReadAsync(Home, new UpdateId(head.Epoch ^ 1, 1), 10, Ct);
        var future = await Log.ReadAsync(Home, new UpdateId(head.Epoch, 2), 10, Ct);

        Assert.Equal(head, foreign.Page.Head);
        Assert.Equal(new PageReset(ResetReason.Epoch, head.Before(1), Missed: null), foreign.Reset);
        Assert.Equal(new PageReset(ResetReason.Unknown, head, Missed: null), future.Reset);
        Assert.Empty(future.Updates);
    }

    [Fact]
    public async Task History_beyond_its_maximum_count_is_reported_as_trimmed()
    {
        var results = await Log.AppendAsync(Home, NumberedDrafts(13), Ct);

        Assert.Equal(new PageHead(results[12].Id, 4), await Log.HeadAsync(Home, Ct));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, results[1].Id, 10, Ct)).Reset?.Reason);
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset?.Reason);
        Assert.Equal("4", (await Log.ReadAllAsync(Home, results[2].Id))[0].Text());
    }

    [Fact]
    public async Task History_beyond_its_maximum_age_is_reported_as_trimmed()
    {
        var old = await Log.AppendAsync(Home, Drafts.Text("old"));
        Engine.Time.Advance(TimeSpan.FromHours(13));
        var young = await Log.AppendAsync(Home, Drafts.Text("young"));
        Engine.Time.Advance(TimeSpan.FromHours(12));

        Assert.Equal(new PageHead(young.Id, 2), await Log.HeadAsync(Home, Ct));
        Assert.Equal(
            new PageReset(ResetReason.Trimmed, old.Id, Missed: 1),
            (await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        Assert.Equal("young", Assert.Single(await Log.ReadAllAsync(Home, old.Id)).Text());

        Engine.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal(0, (await Log.HeadAsync(Home, Ct)).Count);
        Assert.Empty(await Log.ReadAllAsync(Home, young.Id));
        Assert.Equal(3, (await Log.AppendAsync(Home, Drafts.Text("next"))).Id.Sequence);
    }

    [Fact]
    public async Task A_pattern_gives_matching_pages_other_limits()
    {
        Engine.History.Pages.Add(new PageHistoryOptions { Pattern = "oth*", MaxUpdates = 2 });

        foreach (var page in new[] { Home, Other })
        {
            await Log.AppendAsync(page, [Drafts.Text("1"), Drafts.Text("2"), Drafts.Text("3")], Ct);
        }

        Assert.Equal(3, (await Log.HeadAsync(Home, Ct)).Count);
        Assert.Equal(2, (await Log.HeadAsync(Other, Ct)).Count);
    }

    [Fact]
    public async Task A_page_with_only_live_only_updates_has_an_empty_head()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal(PageHead.Empty, await Log.HeadAsync(Home, Ct));
    }
}
