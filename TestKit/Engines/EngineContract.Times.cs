using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _farAhead = TimeSpan.FromDays(100);

    [Fact]
    public async Task A_position_in_history_is_found_by_time()
    {
        var start = Engine.Time.GetUtcNow();
        await AppendEachMinuteAsync(5);

        var head = (await Log.HeadAsync(Home, Ct)).Head;
        Assert.Equal(0, await PositionAtAsync(start));
        Assert.Equal(2, await PositionAtAsync(start + (2 * _minute)));
        Assert.Equal(3, await PositionAtAsync(start + TimeSpan.FromSeconds(121)));
        Assert.Equal(head, await Log.PositionAtAsync(Home, Engine.Time.GetUtcNow(), Ct));
        Assert.Equal(UpdateId.None, await Log.PositionAtAsync(Other, start, Ct));
    }

    [Fact]
    public async Task Updates_of_one_append_are_found_by_their_time_together()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("live", keep: false), Drafts.Text("2")], Ct);
        Engine.Time.Advance(_minute);
        var second = Engine.Time.GetUtcNow();
        await Log.AppendAsync(Home, [Drafts.Text("3"), Drafts.Text("4"), Drafts.Text("5")], Ct);

        Assert.Equal(2, await PositionAtAsync(second));
        Assert.Equal(0, await PositionAtAsync(second - _minute));
        Assert.Equal(5, await PositionAtAsync(second + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task No_position_found_by_time_is_before_the_oldest_kept_update()
    {
        var start = Engine.Time.GetUtcNow();
        await AppendEachMinuteAsync(25);
        Assert.Equal(15, await PositionAtAsync(start));
        Assert.Equal(17, await PositionAtAsync(start + (17 * _minute)));

        Engine.Time.AdjustTime(start + TimeSpan.FromHours(24) + (20 * _minute));
        Assert.Equal(20, await PositionAtAsync(start));
        Assert.Equal(22, await PositionAtAsync(start + (22 * _minute)));

        Engine.Time.AdjustTime(start + TimeSpan.FromHours(50));
        Assert.Equal(25, await PositionAtAsync(start));
    }

    [Fact]
    public async Task A_position_is_found_by_time_after_a_page_has_ended_and_started_again()
    {
        var start = Engine.Time.GetUtcNow();
        await AppendEachMinuteAsync(3);
        await Log.AppendAsync(Home, UpdateDraft.End(key: null));
        Assert.Equal(4, await PositionAtAsync(start));

        await AppendEachMinuteAsync(3);
        await Log.AppendAsync(Home, [Drafts.Text("a"), UpdateDraft.End(key: null), Drafts.Text("b")], Ct);
        await AppendEachMinuteAsync(3);

        Assert.Equal(9, await PositionAtAsync(start));
        Assert.Equal(11, await PositionAtAsync(Engine.Time.GetUtcNow() - (2 * _minute)));
        Assert.Equal(["b", "1", "2", "3"], (await Log.ReadAllAsync(Home, await EarliestAsync())).Select(u => u.Text()));
    }

    [Fact]
    public async Task Times_do_not_go_back_with_a_clock_that_is_set_back_a_little()
    {
        await Log.AppendAsync(Home, Drafts.Text("1"));
        var newest = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(newest - (4 * _minute));
        await Log.AppendAsync(Home, Drafts.Text("2"));

        var updates = await Log.ReadAllAsync(Home, UpdateId.None);

        Assert.Equal([newest, newest], updates.Select(update => update.Time));
        Assert.Equal(0, await PositionAtAsync(newest));
    }

    [Fact]
    public async Task Times_follow_a_clock_that_was_far_ahead()
    {
        Engine.History.MaxAge = 2 * _farAhead;
        var start = Engine.Time.GetUtcNow();
        await AppendEachMinuteAsync(1);
        await AppendFarAheadAsync("2", "3");
        await AppendEachMinuteAsync(2);

        var updates = await Log.ReadAllAsync(Home, UpdateId.None);

        Assert.Equal(["1", "2", "3", "1", "2"], updates.Select(update => update.Text()));
        Assert.Equal(start + _minute, updates[3].Time);
        Assert.All(updates, update => Assert.True(update.Time <= Engine.Time.GetUtcNow()));
        Assert.Equal(0, await PositionAtAsync(start));
        Assert.Equal(1, await PositionAtAsync(start + _minute));
        Assert.Equal(4, await PositionAtAsync(start + (2 * _minute)));
        Assert.Equal(5, await PositionAtAsync(Engine.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_page_whose_clock_was_far_ahead_ages()
    {
        await AppendFarAheadAsync("1", "2");
        await Log.AppendAsync(Home, Drafts.Text("3"));
        Engine.Time.Advance(TimeSpan.FromHours(23));
        await Log.AppendAsync(Home, Drafts.Text("4"));
        Assert.Equal(1, (await Log.HeadAsync(Home, Ct)).OldestSequence);

        Engine.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(4, (await Log.HeadAsync(Home, Ct)).OldestSequence);
        Engine.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, (await Log.HeadAsync(Home, Ct)).Count);
    }

    private async Task AppendEachMinuteAsync(int count)
    {
        for (var n = 1; n <= count; n++)
        {
            await Log.AppendAsync(Home, Drafts.Text($"{n}"));
            Engine.Time.Advance(_minute);
        }
    }

    private async Task AppendFarAheadAsync(params string[] texts)
    {
        var now = Engine.Time.GetUtcNow();
        foreach (var (n, text) in texts.Index())
        {
            Engine.Time.AdjustTime(now + _farAhead + (n * _minute));
            await Log.AppendAsync(Home, Drafts.Text(text));
        }

        Engine.Time.AdjustTime(now);
    }

    private async Task<long> PositionAtAsync(DateTimeOffset moment) =>
        (await Log.PositionAtAsync(Home, moment, Ct)).Sequence;

    private async Task<UpdateId> EarliestAsync() => (await Log.HeadAsync(Home, Ct)).Earliest;
}
