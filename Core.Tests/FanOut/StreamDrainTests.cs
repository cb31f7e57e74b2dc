namespace LiveStreams.Core.Tests.FanOut;

/// <summary>Streams that end one after the other: because the process stops, or because they are old.</summary>
public sealed class StreamDrainTests
{
    private const int Streams = 20;

    private readonly FanOutHarness _fanOut = new();

    [Fact]
    public async Task Streams_end_evenly_over_the_period_and_get_what_is_published_until_then()
    {
        var readers = await SubscribeAsync();

        var draining = _fanOut.DrainAsync(TimeSpan.FromSeconds(Streams));
        for (var second = 1; second < Streams; second++)
        {
            await Wait.UntilAsync(() => CountEnded(readers) == second, $"{second} streams have ended");
            await _fanOut.PublishAsync($"{second}");
            foreach (var reader in readers.Where(static reader => !reader.Running.IsCompleted))
            {
                Assert.Equal($"{second}", await reader.NextDataAsync());
            }

            _fanOut.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _fanOut.Time.Advance(TimeSpan.FromSeconds(1));
        await draining.BoundedAsync();
        await Task.WhenAll(readers.Select(static reader => reader.Running)).BoundedAsync();
    }

    [Fact]
    public async Task A_drain_that_is_hurried_ends_the_others_at_once()
    {
        var readers = await SubscribeAsync();
        var draining = _fanOut.DrainAsync(TimeSpan.FromMinutes(10));
        await Wait.UntilAsync(() => CountEnded(readers) == 1, "the first stream has ended");
        Assert.False(draining.IsCompleted);

        await _fanOut.Hurry.CancelAsync();

        await draining.BoundedAsync();
        await Task.WhenAll(readers.Select(static reader => reader.Running)).BoundedAsync();
    }

    [Fact]
    public async Task A_drain_is_over_when_all_readers_have_left()
    {
        var readers = await SubscribeAsync();
        var draining = _fanOut.DrainAsync(TimeSpan.FromMinutes(10));

        await Task.WhenAll(readers.Select(static reader => reader.LeaveAsync())).BoundedAsync();
        _fanOut.Time.Advance(TimeSpan.FromSeconds(1));

        await draining.BoundedAsync();
    }

    [Fact]
    public async Task A_stream_that_is_opened_during_a_drain_ends_at_once()
    {
        await SubscribeAsync();
        var draining = _fanOut.DrainAsync(TimeSpan.FromMinutes(10));

        var late = await _fanOut.SubscribeAsync(UpdateId.None);

        await late.Running.BoundedAsync();
        Assert.False(draining.IsCompleted);
    }

    [Fact]
    public async Task Old_streams_end_before_their_age_is_reached_and_not_together()
    {
        var unlimited = await _fanOut.SubscribeAsync(UpdateId.None);
        _fanOut.Options.MaxAge = TimeSpan.FromSeconds(1000);
        var readers = await SubscribeAsync();

        await _fanOut.TickAsync(800);
        Assert.Equal(0, CountEnded(readers));
        await _fanOut.TickAsync(100);
        await Wait.UntilAsync(() => CountEnded(readers) > 0, "a stream has ended");
        Assert.InRange(CountEnded(readers), 1, Streams - 1);
        await _fanOut.TickAsync(100);

        await Task.WhenAll(readers.Select(static reader => reader.Running)).BoundedAsync();
        Assert.Matches(@"retry: (2[0-9]{3}|3[0-9]{3}|4000)\n\n\z", await readers[0].BytesAsync());
        Assert.False(unlimited.Running.IsCompleted);
    }

    private static int CountEnded(List<TestReader> readers) =>
        readers.Count(static reader => reader.Running.IsCompleted);

    private async Task<List<TestReader>> SubscribeAsync()
    {
        var readers = new List<TestReader>();
        for (var n = 0; n < Streams; n++)
        {
            readers.Add(await _fanOut.SubscribeAsync(UpdateId.None));
        }

        return readers;
    }
}
