using LiveStreams.Core.Memory;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests;

/// <summary>Group commit: the queued publishes of a page share appends.</summary>
public sealed class PageWriterTests
{
    private static readonly PageId _home = PageId.Parse("home");
    private readonly FakeTimeProvider _time = new();
    private readonly ControlledLog _log;
    private readonly LocalPublishRouter _pages;

    public PageWriterTests()
    {
        var history = new HistoryOptions { MaxUpdates = 100_000 };
        _log = new ControlledLog(() => new MemoryLog(history, new PostOptions(), new LocalBus(), _time));
        _pages = new LocalPublishRouter(_log, ServerMetrics.CreateUnread(), _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publishers_that_wait_during_an_append_share_the_next_one()
    {
        _log.Hold();
        var publishing = Enumerable.Range(1, 300)
            .Select(n => _pages.PublishAsync(_home, Drafts.Text($"{n}"), Ct))
            .ToArray();
        _log.Release();

        var results = await Task.WhenAll(publishing).BoundedAsync();

        Assert.Equal(Enumerable.Range(1, 300).Select(n => (long)n), results.Select(result => result.Id.Sequence));
        Assert.Equal(2, _log.Appends);
    }

    [Fact]
    public async Task Sixty_four_publishers_with_one_key_make_one_update()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ =>
            Task.Run(() => _pages.PublishAsync(_home, Drafts.Text("once", key: "k"), Ct), Ct))).BoundedAsync();

        Assert.Single(results, result => !result.IsRepeat);
        Assert.Single(results.Select(result => result.Id).Distinct());
        Assert.Equal(1, (await _log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_store_that_does_not_respond_fails_sent_and_queued_publishes_and_refuses_the_next()
    {
        _log.Hold();
        var sent = _pages.PublishAsync(_home, Drafts.Text("a"), Ct);
        var queued = _pages.PublishAsync(_home, Drafts.Text("b"), Ct);
        await Wait.UntilAsync(() => _log.Held == 1, "the append has started");

        _time.Advance(PageWriter.AppendTimeout);

        Assert.Equal(PublishStatus.Unknown, (await sent.BoundedAsync()).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, (await queued.BoundedAsync()).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, await StatusAsync(Drafts.Text("c")));

        _log.Release();
        await Wait.UntilAsync(() => _pages.Count == 0, "the page writer is removed");
        await _pages.PublishAsync(_home, Drafts.Text("d"), Ct);
        Assert.Equal(["a", "d"], (await _log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task The_time_in_the_queue_counts_towards_the_timeout()
    {
        _log.Hold();
        var first = _pages.PublishAsync(_home, Drafts.Text("a"), Ct);
        var second = _pages.PublishAsync(_home, Drafts.Text("b"), Ct);
        await Wait.UntilAsync(() => _log.Held == 1, "the first append has started");
        _time.Advance(PageWriter.AppendTimeout / 2);
        _log.ReleaseHeld();
        await first.BoundedAsync();
        await Wait.UntilAsync(() => _log.Held == 1, "the second append has started");

        _time.Advance(PageWriter.AppendTimeout / 2);

        Assert.Equal(PublishStatus.Unknown, (await second.BoundedAsync()).Status);
        _log.Release();
    }

    [Fact]
    public async Task An_error_of_the_store_reaches_the_publisher_and_the_page_continues()
    {
        _log.IsUnavailable = true;
        Assert.Equal(PublishStatus.StoreUnavailable, await StatusAsync(Drafts.Text("lost")));

        _log.IsUnavailable = false;
        Assert.Equal(1, (await _pages.PublishAsync(_home, Drafts.Text("a"), Ct)).Id.Sequence);
    }

    [Fact]
    public async Task A_full_queue_refuses_the_next_publish_and_loses_nothing()
    {
        _log.Hold();
        var first = _pages.PublishAsync(_home, Drafts.Text("first"), Ct);
        var waiting = Enumerable.Range(0, PageWriter.MaxWaiting)
            .Select(n => _pages.PublishAsync(_home, Drafts.Text($"{n}"), Ct))
            .ToArray();

        Assert.Equal(PublishStatus.PageBusy, await StatusAsync(Drafts.Text("too many")));

        _log.Release();
        await first.BoundedAsync();
        await Task.WhenAll(waiting).BoundedAsync();
        Assert.Equal(PageWriter.MaxWaiting + 1, (await _log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task The_queue_is_limited_in_bytes_too()
    {
        _log.Hold();
        var large = Drafts.Text(new string('x', PageWriter.MaxWaitingBytes / 2));
        var accepted = Enumerable.Range(0, 3).Select(_ => _pages.PublishAsync(_home, large, Ct)).ToArray();

        Assert.Equal(PublishStatus.PageBusy, await StatusAsync(large));

        _log.Release();
        await Task.WhenAll(accepted).BoundedAsync();
    }

    [Fact]
    public async Task A_page_writer_is_removed_when_its_last_publisher_leaves()
    {
        var pages = Enumerable.Range(0, 200).Select(n => PageId.Parse($"page {n % 7}"));
        var publishing = pages.Select(page => Task.Run(() => _pages.PublishAsync(page, Drafts.Text("a"), Ct), Ct));
        await Task.WhenAll(publishing).BoundedAsync();

        Assert.Equal(0, _pages.Count);
    }

    [Fact]
    public async Task A_publish_whose_caller_hangs_up_is_completed()
    {
        using var hangUp = new CancellationTokenSource();
        _log.Hold();
        var publishing = _pages.PublishAsync(_home, Drafts.Text("a"), hangUp.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);

        _log.Release();
        await _pages.PublishAsync(_home, Drafts.Text("b"), Ct).BoundedAsync();
        Assert.Equal(["a", "b"], (await _log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    private async Task<PublishStatus> StatusAsync(UpdateDraft draft) =>
        (await _pages.PublishAsync(_home, draft, Ct)).Status;
}
