using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

/// <summary>What <see cref="IPageLog"/> and <see cref="IPageBus"/> promise. Every engine passes it.</summary>
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

    protected virtual void Close() => _engine?.Dispose();

    protected void Use(Engine engine) => _engine = engine;

    [Fact]
    public async Task Sequences_begin_at_one_and_are_contiguous_in_one_epoch()
    {
        var answers = await Log.AppendAsync(Home, [Drafts.Text("a"), Drafts.Text("b")], Ct);
        var last = await Log.AppendAsync(Home, Drafts.Text("c"));

        Assert.Equal([1, 2, 3], answers.Append(last).Select(answer => answer.Id.Sequence));
        Assert.Single(answers.Append(last).Select(answer => answer.Id.Epoch).Distinct());
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
    public async Task What_is_read_is_what_was_appended()
    {
        await Log.AppendAsync(Home, [Drafts.Text(""), Drafts.Text("line\r\nline ✓", name: "score ✓"), Drafts.Text("\0")], Ct);

        var updates = await Log.ReadAllAsync(Home, UpdateId.None);

        Assert.Equal(["", "line\r\nline ✓", "\0"], updates.Select(update => update.Text()));
        Assert.Equal([null, "score ✓", null], updates.Select(update => update.Event));
        Assert.All(updates, update => Assert.Equal(Engine.Time.GetUtcNow(), update.Time));
    }

    [Fact]
    public async Task Reading_goes_on_right_after_a_position_and_stops_at_the_limit()
    {
        var answers = await Log.AppendAsync(Home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);

        var block = await Log.ReadAsync(Home, answers[1].Id, limit: 2, Ct);

        Assert.Equal(["3", "4"], block.Updates.Select(update => update.Text()));
        Assert.Equal(answers[4].Id, block.Page.Head);
        Assert.Empty((await Log.ReadAsync(Home, answers[4].Id, limit: 2, Ct)).Updates);
    }

    [Fact]
    public async Task A_block_is_bounded_in_bytes_and_has_at_least_one_update()
    {
        var large = new string('x', HistoryBlock.MaxBytes + 1);
        await Log.AppendAsync(Home, [Drafts.Text(large), Drafts.Text(large), Drafts.Text("small")], Ct);

        var block = await Log.ReadAsync(Home, UpdateId.None, HistoryBlock.MaxUpdates, Ct);

        Assert.Equal(large, Assert.Single(block.Updates).Text());
        Assert.Equal(3, (await Log.ReadAllAsync(Home, UpdateId.None)).Count);
    }

    [Fact]
    public async Task A_page_never_published_to_has_nothing_and_stands_at_zero()
    {
        Assert.Equal(PageHead.Empty, await Log.HeadAsync(Home, Ct));
        Assert.Null((await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        Assert.Equal(ResetReason.Epoch, (await Log.ReadAsync(Home, new UpdateId(1, 1), 10, Ct)).Reset);
    }

    [Fact]
    public async Task A_position_of_another_epoch_or_of_the_future_is_told_apart()
    {
        var head = (await Log.AppendAsync(Home, Drafts.Text("a"))).Id;

        var foreign = await Log.ReadAsync(Home, new UpdateId(head.Epoch ^ 1, 1), 10, Ct);
        var future = await Log.ReadAsync(Home, new UpdateId(head.Epoch, 2), 10, Ct);

        Assert.Equal((ResetReason.Epoch, head), (foreign.Reset, foreign.Page.Head));
        Assert.Equal((ResetReason.Unknown, head), (future.Reset, future.Page.Head));
        Assert.Empty(future.Updates);
    }

    [Fact]
    public async Task History_over_its_count_is_gone_and_says_so()
    {
        var answers = await Log.AppendAsync(Home, [.. Enumerable.Range(1, 13).Select(n => Drafts.Text($"{n}"))], Ct);

        Assert.Equal(new PageHead(answers[12].Id, 4), await Log.HeadAsync(Home, Ct));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, answers[1].Id, 10, Ct)).Reset);
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        Assert.Equal("4", (await Log.ReadAllAsync(Home, answers[2].Id))[0].Text());
    }

    [Fact]
    public async Task History_over_its_age_is_gone_and_says_so()
    {
        var old = await Log.AppendAsync(Home, Drafts.Text("old"));
        Engine.Time.Advance(TimeSpan.FromHours(13));
        var young = await Log.AppendAsync(Home, Drafts.Text("young"));
        Engine.Time.Advance(TimeSpan.FromHours(12));

        Assert.Equal(new PageHead(young.Id, 2), await Log.HeadAsync(Home, Ct));
        Assert.Equal(ResetReason.Trimmed, (await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        Assert.Equal("young", Assert.Single(await Log.ReadAllAsync(Home, old.Id)).Text());

        Engine.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal(0, (await Log.HeadAsync(Home, Ct)).Count);
        Assert.Empty(await Log.ReadAllAsync(Home, young.Id));
        Assert.Equal(3, (await Log.AppendAsync(Home, Drafts.Text("next"))).Id.Sequence);
    }

    [Fact]
    public async Task A_pattern_gives_some_pages_other_limits()
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
    public async Task A_live_only_update_is_announced_and_leaves_no_trace()
    {
        var listener = await ListenAsync(Home);

        var live = await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        var kept = await Log.AppendAsync(Home, Drafts.Text("kept"));

        Assert.True(live.Id.IsNone);
        Assert.Equal(1, kept.Id.Sequence);
        Assert.Equal(["kept"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
        await listener.HeardAsync("live", "kept");
        Assert.Equal([UpdateId.None, kept.Id], listener.Received.Select(update => update.Id));
    }

    [Fact]
    public async Task A_page_with_live_only_updates_still_stands_at_zero()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", keep: false));

        Assert.Equal(PageHead.Empty, await Log.HeadAsync(Home, Ct));
    }

    [Fact]
    public async Task A_repeated_key_gets_the_first_answer_and_publishes_nothing()
    {
        var listener = await ListenAsync(Home);

        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        var inOneCall = await Log.AppendAsync(Home, [Drafts.Text("b", key: "k"), Drafts.Text("c", key: "l"), Drafts.Text("d", key: "l")], Ct);

        Assert.Equal(PublishResult.Repeated(first.Id), inOneCall[0]);
        Assert.False(inOneCall[1].IsRepeat);
        Assert.Equal(PublishResult.Repeated(inOneCall[1].Id), inOneCall[2]);
        await listener.HeardAsync("a", "c");
        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
    }

    [Fact]
    public async Task A_repeated_key_of_a_live_only_update_is_not_announced_again()
    {
        var listener = await ListenAsync(Home);

        await Log.AppendAsync(Home, Drafts.Text("a", key: "k", keep: false));
        var again = await Log.AppendAsync(Home, Drafts.Text("a", key: "k", keep: false));

        Assert.Equal(PublishResult.Repeated(UpdateId.None), again);
        await Log.AppendAsync(Home, Drafts.Text("b"));
        await listener.HeardAsync("a", "b");
    }

    [Fact]
    public async Task A_key_counts_for_one_page_and_ten_minutes()
    {
        await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));

        Assert.False((await Log.AppendAsync(Other, Drafts.Text("a", key: "k"))).IsRepeat);
        Engine.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
        Engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
    }

    [Fact]
    public async Task An_announced_update_can_be_read_and_is_the_same()
    {
        var reading = new TaskCompletionSource<Task<HistoryBlock>>();
        await ListenAsync(Home, update => reading.SetResult(Log.ReadAsync(Home, update.Id.Before(update.Id.Sequence), 1, default).AsTask()));

        await Log.AppendAsync(Home, Drafts.Text("a", name: "n"));

        var update = Assert.Single((await (await reading.Task.BoundedAsync()).BoundedAsync()).Updates);
        Assert.Equal(("a", "n", Engine.Time.GetUtcNow()), (update.Text(), update.Event, update.Time));
    }

    [Fact]
    public async Task A_listener_hears_its_page_until_it_leaves()
    {
        var listener = new RecordingListener();
        var subscription = await Engine.Bus.SubscribeAsync(Home, listener, Ct);
        var stays = await ListenAsync(Home);

        await Log.AppendAsync(Other, Drafts.Text("other"));
        await Log.AppendAsync(Home, Drafts.Text("heard"));
        await listener.HeardAsync("heard");
        await subscription.DisposeAsync();
        await Log.AppendAsync(Home, Drafts.Text("not heard"));

        await stays.HeardAsync("heard", "not heard");
        await listener.HeardAsync("heard");
    }

    [Fact]
    public async Task Many_writers_at_once_get_contiguous_sequences_announced_in_order()
    {
        const int Writers = 8;
        const int EachWrites = 50;
        Engine.History.MaxUpdates = Writers * EachWrites;
        var listener = await ListenAsync(Home);

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var ids = new List<UpdateId>();
            for (var n = 0; n < EachWrites; n++)
            {
                ids.Add((await Task.Run(() => Log.AppendAsync(Home, Drafts.Text($"{writer}:{n}")), Ct)).Id);
            }

            return ids;
        }));

        var expected = Enumerable.Range(1, Writers * EachWrites).Select(n => (long)n).ToArray();
        Assert.Equal(expected, answers.SelectMany(ids => ids).Select(id => id.Sequence).Order());
        await Wait.UntilAsync(() => listener.Received.Count >= expected.Length, "every announcement");
        Assert.Equal(expected, listener.Received.Select(update => update.Id.Sequence));
        Assert.Equal(expected, (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Id.Sequence));
        Assert.All(answers, ids => Assert.Equal(ids.Order(Comparer<UpdateId>.Create((a, b) => a.Sequence.CompareTo(b.Sequence))), ids));
    }

    [Fact]
    public async Task A_place_in_history_is_found_by_time()
    {
        var start = Engine.Time.GetUtcNow();
        for (var n = 1; n <= 5; n++)
        {
            await Log.AppendAsync(Home, Drafts.Text($"{n}"));
            Engine.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var head = (await Log.HeadAsync(Home, Ct)).Head;
        Assert.Equal(0, (await HistorySearch.PositionAtAsync(Log, Home, start, Ct)).Sequence);
        Assert.Equal(2, (await HistorySearch.PositionAtAsync(Log, Home, start + TimeSpan.FromMinutes(2), Ct)).Sequence);
        Assert.Equal(3, (await HistorySearch.PositionAtAsync(Log, Home, start + TimeSpan.FromSeconds(121), Ct)).Sequence);
        Assert.Equal(head, await HistorySearch.PositionAtAsync(Log, Home, Engine.Time.GetUtcNow(), Ct));
        Assert.Equal(UpdateId.None, await HistorySearch.PositionAtAsync(Log, Other, start, Ct));
    }

    private async Task<RecordingListener> ListenAsync(PageId page, Action<Update>? onUpdate = null)
    {
        var listener = new RecordingListener(onUpdate);
        await Engine.Bus.SubscribeAsync(page, listener, Ct);
        return listener;
    }
}
