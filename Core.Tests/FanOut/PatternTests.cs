using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>
/// A stream that follows pages by patterns knows of a moment that it has all updates from before: only then may a
/// resume leave them out.
/// </summary>
public sealed class PatternTests : IAsyncDisposable
{
    private readonly FanOutHarness _fanOut = new();
    private readonly ControlledIndex _index = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly PatternWatcher _watcher;
    private Subscriber? _subscriber;
    private Task _running = Task.CompletedTask;

    public PatternTests() => _watcher = new PatternWatcher(_index, _fanOut.Feeds, _fanOut.Time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private long Now => _fanOut.Time.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is { } subscriber)
        {
            subscriber.OnDisconnected();
            await _running.BoundedAsync();
            subscriber.Dispose();
        }

        _watcher.Dispose();
    }

    [Fact]
    public async Task The_moment_follows_the_clock_at_a_distance_of_at_most_25_seconds()
    {
        await StartAsync();
        for (var n = 0; n < 60; n++)
        {
            await TickAsync();
            Assert.InRange(Now - Moment, 10, 25);
        }

        await Wait.UntilAsync(() => Now - Moment < 17, "the loop has seen the last ticks");
    }

    [Fact]
    public async Task The_moment_stays_while_a_page_cannot_be_compared_with_its_log()
    {
        await StartAsync();
        _fanOut.Log.IsUnavailable = true;
        await TickAsync(30);
        Assert.InRange(Now - Moment, 30, 60);

        _fanOut.Log.IsUnavailable = false;
        await TickUntilMovedAsync();
    }

    [Fact]
    public async Task The_moment_stays_while_the_index_cannot_be_asked_for_new_pages()
    {
        await StartAsync();
        _index.IsUnavailable = true;
        await TickAsync(30);
        Assert.InRange(Now - Moment, 30, 60);

        _index.IsUnavailable = false;
        await TickUntilMovedAsync();
    }

    [Fact]
    public async Task An_update_whose_announcement_was_lost_is_written_before_the_moment_passes_it()
    {
        await StartAsync();
        await TickAsync(30);
        _fanOut.Bus.Deliver = _ => [];
        await _fanOut.PublishAsync("lost");
        var publishedAt = Now;
        _fanOut.Log.IsUnavailable = true;
        await TickAsync(60);
        Assert.InRange(Moment, 0, publishedAt);

        _fanOut.Log.IsUnavailable = false;
        await TickUntilMovedAsync(beyond: publishedAt);

        var result = await _pipe.Reader.ReadAsync(Ct).AsTask().BoundedAsync();
        Assert.Contains(
            "\"data\":\"lost\"", Encoding.UTF8.GetString(result.Buffer.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_born_while_the_store_is_away_is_followed_when_it_is_back()
    {
        var lease = new CountingLease();
        await StartAsync(lease: lease);
        await _fanOut.Log.AppendAsync(PageId.Parse("born"), Drafts.Text("first"));
        _fanOut.Log.IsUnavailable = true;
        _index.Add("born");
        await TickAsync(3);
        Assert.Single(_subscriber!.Pages);
        Assert.Equal(1, lease.Pages);

        _fanOut.Log.IsUnavailable = false;
        await TickAsync(2);

        Assert.Equal(2, _subscriber.Pages.Count);
        Assert.Equal(2, lease.Pages);
        await Wait.UntilAsync(HasBytesAsync, "the page's update is written");
    }

    [Fact]
    public async Task A_stream_without_any_page_gets_heartbeats_and_is_drained()
    {
        await StartAsync(follow: false);
        await TickAsync(30);
        await Wait.UntilAsync(HasBytesAsync, "a heartbeat is written");

        await _fanOut.DrainAsync();

        await _running.BoundedAsync();
    }

    [Fact]
    public async Task A_stream_ends_when_nobody_knows_which_pages_were_born()
    {
        await StartAsync();
        _index.HasGap = true;
        await TickAsync();

        await _running.BoundedAsync();
    }

    [Fact]
    public async Task The_index_is_not_asked_while_no_stream_has_patterns()
    {
        await TickAsync(10);
        Assert.Equal(0, _index.Reads);

        await StartAsync();
        await TickAsync();
        Assert.Equal(2, _index.Reads);

        _subscriber!.OnDisconnected();
        await _running.BoundedAsync();
        _subscriber.Dispose();
        _subscriber = null;
        await TickAsync(10);
        Assert.Equal(2, _index.Reads);
    }

    private long Moment =>
        PagePositions.TryParse(_subscriber!.Position!, out var position) ? position.CompleteUntil!.Value : 0;

    private async Task StartAsync(bool follow = true, IStreamLease? lease = null)
    {
        Assert.True(PagePattern.TryParse("*", out var pattern));
        var patterns = new PatternScope([pattern], _ => true, WantsSnapshots: false);
        _subscriber = await _fanOut.Feeds.SubscribeAsync(
            new StreamScope([], EventFilter.All, UsesEnvelopes: true, patterns), "owner", lease, Ct);
        await _watcher.AddAsync(_subscriber, Ct);
        var cursors = await _subscriber.FollowAsync(follow ? [FanOutHarness.Home] : [], Now - 10, Ct);
        foreach (var cursor in cursors!)
        {
            cursor.Start(new StartPosition(UpdateId.None, HistoryRequested: true));
        }

        _running = _subscriber.RunAsync(_pipe.Writer);
        await Wait.UntilAsync(() => _subscriber.WakeSignal.IsWaiting, "the stream waits for updates");
    }

    private async Task TickAsync(int seconds = 1)
    {
        for (var n = 0; n < seconds; n++)
        {
            _fanOut.Time.Advance(TimeSpan.FromSeconds(1));
            await _fanOut.TickAsync(1);
            await _watcher.PollAsync(Ct);
            await Wait.UntilAsync(
                () => _subscriber is null || _running.IsCompleted || _subscriber.WakeSignal.IsWaiting,
                "the stream waits again");
        }
    }

    private async Task TickUntilMovedAsync(long? beyond = null)
    {
        var before = beyond ?? Moment;
        for (var n = 0; n < 60 && Moment <= before; n++)
        {
            await TickAsync();
        }

        Assert.True(Moment > before);
    }

    private Task<bool> HasBytesAsync()
    {
        var hasBytes = _pipe.Reader.TryRead(out var result) && !result.Buffer.IsEmpty;
        if (hasBytes)
        {
            _pipe.Reader.AdvanceTo(result.Buffer.Start);
        }

        return Task.FromResult(hasBytes);
    }

    private sealed class CountingLease : IStreamLease
    {
        public int Pages { get; private set; }

        public bool TryAddPages(int count)
        {
            Pages += count;
            return true;
        }

        public void Dispose()
        {
        }
    }
}
