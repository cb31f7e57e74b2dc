using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>What is held for slow readers is counted once, limited, and taken from the slowest first.</summary>
public sealed class UnsentBudgetTests
{
    /// <summary>What the pipe holds of a large event for one reader.</summary>
    private const int PieceBytes = 16 * 1024;

    private static readonly string _large = new('x', 256 * 1024);
    private readonly List<TestReader> _readers = [];

    [Fact]
    public async Task Slow_readers_of_a_large_event_hold_one_copy_of_it()
    {
        const int Readers = 200;
        var fanOut = new FanOutHarness();

        // Encoded, each line is "data: " and its end.
        await fanOut.PublishAsync(new string('\n', 256 * 1024));
        var encoded = 7 * 256 * 1024;

        for (var i = 0; i < Readers; i++)
        {
            await StartAsync(fanOut);
        }

        Assert.InRange(fanOut.Feeds.Unsent.HeldBytes, encoded, encoded + 1024 + (Readers * PieceBytes));
        foreach (var reader in _readers)
        {
            await reader.LeaveAsync();
        }

        Assert.Equal(0, fanOut.Feeds.Unsent.HeldBytes);
    }

    [Fact]
    public async Task The_reader_that_has_waited_for_longest_is_cut_first()
    {
        var fanOut = new FanOutHarness(unsent: new UnsentLimits(Room(3), long.MaxValue));
        await fanOut.PublishAsync(_large);
        for (var i = 0; i < 3; i++)
        {
            await StartAsync(fanOut);
        }

        Assert.Equal([0, 0, 0], Aborts());

        // The first one takes some of it, but has still waited for longest.
        await _readers[0].TakeAsync(3 * PieceBytes);
        await Wait.UntilAsync(() => _readers[0].IsFull, "the pipe is full again");
        await StartAsync(fanOut);
        await StartAsync(fanOut);

        Assert.Equal([1, 1, 0, 0, 0], Aborts());
        Assert.Equal(2, fanOut.Feeds.Unsent.BudgetCuts);
        await Task.WhenAll(_readers[0].Running, _readers[1].Running).BoundedAsync();
        Assert.InRange(fanOut.Feeds.Unsent.HeldBytes, _large.Length, Room(3));
        Assert.False(fanOut.Feeds.Unsent.IsFull("reader"));
    }

    [Fact]
    public async Task An_owner_above_its_limit_loses_its_own_readers_and_no_others()
    {
        var fanOut = new FanOutHarness(unsent: new UnsentLimits(long.MaxValue, Room(2)));
        await fanOut.PublishAsync(_large);
        await StartAsync(fanOut, "other");
        await StartAsync(fanOut, "other");
        for (var i = 0; i < 50; i++)
        {
            await StartAsync(fanOut, "greedy");
        }

        Assert.Equal([0, 0], Aborts()[..2]);
        Assert.Equal([0, 0], Aborts()[^2..]);
        Assert.InRange(Aborts().Sum(), 30, 48);
    }

    [Fact]
    public async Task A_large_update_to_many_streams_of_one_owner_cuts_none_of_them()
    {
        // A tenth of what 5,000 streams of one address have with the default limit and 2 GB of memory.
        var fanOut = new FanOutHarness(unsent: new UnsentLimits(50 * 1024 * 1024, 25 * 1024 * 1024));
        for (var i = 0; i < 500; i++)
        {
            var reader = new TestReader();
            await reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, UpdateId.None);
            _readers.Add(reader);
        }

        for (var n = 0; n < 3; n++)
        {
            await fanOut.PublishAsync(_large);
        }

        await Wait.UntilAsync(() => _readers.All(reader => reader.IsFlushing), "all wait");
        Assert.All(Aborts(), aborts => Assert.Equal(0, aborts));
        Assert.False(fanOut.Feeds.Unsent.IsFull("reader"));
        Assert.Equal(_large, await _readers[^1].NextDataAsync());
    }

    [Fact]
    public async Task What_readers_share_is_charged_to_another_one_when_the_first_has_taken_it()
    {
        var fanOut = new FanOutHarness(unsent: new UnsentLimits(long.MaxValue, Room(2)));
        await fanOut.PublishAsync(_large);
        await StartAsync(fanOut, "first");
        await StartAsync(fanOut, "second");
        await StartAsync(fanOut, "second");

        await _readers[0].LeaveAsync();
        await StartAsync(fanOut, "second");

        Assert.Equal([0, 1, 0, 0], Aborts());
    }

    [Fact]
    public async Task A_large_event_must_be_taken_within_two_minutes_and_a_second_for_each_32_KiB()
    {
        var fanOut = new FanOutHarness();
        await fanOut.PublishAsync(new string('\n', 256 * 1024));
        var reader = await StartAsync(fanOut);

        // 48 KiB in 20 s: no piece waits for 30 s, but all of them would take 12 minutes.
        var seconds = 0;
        for (; reader.Aborts == 0 && seconds < 3600; seconds += 20)
        {
            await Wait.UntilAsync(() => reader.IsFull, "the pipe is full");
            await fanOut.TickAsync(20);
            await reader.TakeAsync(3 * PieceBytes);
        }

        Assert.InRange(seconds, 120, 120 + 56 + 20);
        Assert.Equal(1, fanOut.Feeds.Unsent.StallCuts);
    }

    [Fact]
    public async Task The_owners_that_hold_most_are_cut_first_even_if_they_take_a_little_now_and_then()
    {
        const int Block = 3 * 1024 * 1024;
        var fanOut = new FanOutHarness(unsent: new UnsentLimits((6 * Block) + (4 * 1024 * 1024), 3 * Block));
        var small = new List<TestResponse>();
        var sipping = new List<TestResponse>();
        for (var i = 0; i < 6; i++)
        {
            sipping.Add(new TestResponse(fanOut.Feeds, $"sipping {i % 3}", Block));
        }

        for (var i = 0; i < 2000; i++)
        {
            small.Add(new TestResponse(fanOut.Feeds, $"small {i}", 4096));
            await Task.WhenAll(sipping.Where(_ => i % 100 == 0).Select(response => response.SipAsync()));
        }

        Assert.All(small, response => Assert.Equal(0, response.Aborts));
        Assert.InRange(fanOut.Feeds.Unsent.BudgetCuts, 2, 4);
        Assert.Equal(fanOut.Feeds.Unsent.BudgetCuts, sipping.Count(response => response.Aborts > 0));
    }

    [Fact]
    public async Task Those_who_share_something_large_are_not_cut_for_all_of_it_one_after_the_other()
    {
        var fanOut = new FanOutHarness(unsent: new UnsentLimits(_large.Length + (3 * 1024 * 1024), long.MaxValue));
        await fanOut.PublishAsync(_large);
        for (var i = 0; i < 50; i++)
        {
            await StartAsync(fanOut, $"normal {i}");
        }

        var greedy = new List<TestResponse>();
        for (var i = 0; i < 50; i++)
        {
            greedy.Add(new TestResponse(fanOut.Feeds, "greedy", 100 * 1024));
        }

        Assert.All(Aborts(), aborts => Assert.Equal(0, aborts));
        Assert.InRange(greedy.Count(response => response.Aborts > 0), 20, 40);
    }

    // The limit for this many readers that wait for one large update.
    private static long Room(int readers) => _large.Length + 1024 + (readers * PieceBytes);

    private async Task<TestReader> StartAsync(FanOutHarness fanOut, string owner = "reader")
    {
        var reader = new TestReader(owner);
        await reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, UpdateId.None);
        await Wait.UntilAsync(() => reader.IsFlushing || reader.Aborts > 0, "the pipe is full");
        _readers.Add(reader);
        return reader;
    }

    private int[] Aborts() => [.. _readers.Select(reader => reader.Aborts)];
}
