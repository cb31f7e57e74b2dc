using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>However slow the readers are, few versions of a page's snapshot are in memory.</summary>
public sealed class SnapshotVersionTests
{
    private static readonly string _large = new('x', 4 * TestReader.PipeBytes);
    private readonly FanOutHarness _fanOut = new();
    private readonly List<TestReader> _readers = [];

    [Fact]
    public async Task Slow_readers_of_a_page_that_changes_hold_at_most_four_versions()
    {
        for (var n = 0; n < 100; n++)
        {
            await ChangeAndReadAsync(n);
            Assert.InRange(_fanOut.Feeds.Snapshots.Versions, 1, 4);
        }

        Assert.All(_readers, reader => Assert.Equal(0, reader.Aborts));
    }

    [Fact]
    public async Task A_reader_that_is_sent_an_older_version_receives_the_updates_after_it()
    {
        for (var n = 1; n <= 10; n++)
        {
            await ChangeAndReadAsync(n);
        }

        var last = _readers[^1];
        var snapshot = await last.NextAsync();
        Assert.EndsWith("-4", snapshot.EventId, StringComparison.Ordinal);
        for (var n = 5; n <= 10; n++)
        {
            Assert.Contains($"{n} {_large}", await last.NextDataAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_readers_of_the_oldest_version_are_cut_when_the_newest_is_fifteen_seconds_old()
    {
        for (var n = 1; n <= 6; n++)
        {
            await ChangeAndReadAsync(n);
        }

        _fanOut.Time.Advance(TimeSpan.FromSeconds(15));
        await ChangeAndReadAsync(7);

        Assert.Equal([1, 0, 0, 0, 0, 0, 0], _readers.Select(reader => reader.Aborts));
        await _readers[0].Running.BoundedAsync();
        Assert.Equal(4, _fanOut.Feeds.Snapshots.Versions);
        Assert.EndsWith("-7", (await _readers[^1].NextAsync()).EventId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_released_when_its_readers_have_taken_it_or_have_left()
    {
        await ChangeAndReadAsync(1);
        await ChangeAndReadAsync(2);
        Assert.Equal(2, _fanOut.Feeds.Snapshots.Versions);

        await _readers[0].NextAsync();
        await Wait.UntilAsync(() => _fanOut.Feeds.Snapshots.Versions == 1, "the first version is released");
        await _readers[1].LeaveAsync();
        Assert.Equal(0, _fanOut.Feeds.Snapshots.Versions);
    }

    private async Task ChangeAndReadAsync(int n)
    {
        await _fanOut.PublishAsync(Drafts.Posts([$"a={n} {_large}"]));
        var reader = new TestReader();
        await reader.StartWithSnapshotAsync(_fanOut.Feeds, FanOutHarness.Home);
        await Wait.UntilAsync(() => reader.IsFlushing, "the pipe is full");
        _readers.Add(reader);
    }
}
