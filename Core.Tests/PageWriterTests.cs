using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests;

/// <summary>Group commit: one page's writes in line.</summary>
public sealed class PageWriterTests
{
    private static readonly PageId _home = PageId.Parse("home");
    private readonly FakeTimeProvider _time = new();
    private readonly ControlledLog _log;
    private readonly LocalPublishRouter _pages;

    public PageWriterTests()
    {
        _log = new ControlledLog(() => new MemoryLog(new HistoryOptions { MaxUpdates = 100_000 }, new PostOptions(), new LocalBus(), _time));
        _pages = new LocalPublishRouter(_log, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publishers_that_wait_for_one_append_share_the_next()
    {
        _log.Hold();
        var answers = Enumerable.Range(1, 300).Select(n => _pages.PublishAsync(_home, Drafts.Text($"{n}"), Ct)).ToArray();
        _log.Release();

        var ids = await Task.WhenAll(answers).BoundedAsync();

        Assert.Equal(Enumerable.Range(1, 300).Select(n => (long)n), ids.Select(answer => answer.Id.Sequence));
        Assert.Equal(2, _log.Appends);
    }

    [Fact]
    public async Task Sixty_four_publishers_with_one_key_make_one_update()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ =>
            Task.Run(() => _pages.PublishAsync(_home, Drafts.Text("once", key: "k"), Ct), Ct))).BoundedAsync();

        Assert.Single(answers, answer => !answer.IsRepeat);
        Assert.Single(answers.Select(answer => answer.Id).Distinct());
        Assert.Equal(1, (await _log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_fails_those_on_their_way_and_those_behind_them_and_refuses_the_next()
    {
        _log.Hold();
        var onItsWay = _pages.PublishAsync(_home, Drafts.Text("a"), Ct);
        var behind = _pages.PublishAsync(_home, Drafts.Text("b"), Ct);
        await Wait.UntilAsync(() => _log.Held == 1, "the append");

        _time.Advance(PageWriter.AppendTimeout);

        Assert.Equal(PublishStatus.Unknown, (await onItsWay.BoundedAsync()).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, (await behind.BoundedAsync()).Status);
        Assert.Equal(PublishStatus.StoreUnavailable, await StatusAsync(Drafts.Text("c")));

        _log.Release();
        await Wait.UntilAsync(() => _pages.Count == 0, "the page is put away");
        await _pages.PublishAsync(_home, Drafts.Text("d"), Ct);
        Assert.Equal(["a", "d"], (await _log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task The_time_in_line_counts_too()
    {
        _log.Hold();
        var first = _pages.PublishAsync(_home, Drafts.Text("a"), Ct);
        var second = _pages.PublishAsync(_home, Drafts.Text("b"), Ct);
        await Wait.UntilAsync(() => _log.Held == 1, "the first append");
        _time.Advance(PageWriter.AppendTimeout / 2);
        _log.ReleaseHeld();
        await first.BoundedAsync();
        await Wait.UntilAsync(() => _log.Held == 1, "the second append");

        _time.Advance(PageWriter.AppendTimeout / 2);

        Assert.Equal(PublishStatus.Unknown, (await second.BoundedAsync()).Status);
        _log.Release();
    }

    [Fact]
    public async Task A_fault_of_the_store_reaches_every_publisher_and_the_page_goes_on()
    {
        _log.Away = true;
        Assert.Equal(PublishStatus.StoreUnavailable, await StatusAsync(Drafts.Text("lost")));

        _log.Away = false;
        Assert.Equal(1, (await _pages.PublishAsync(_home, Drafts.Text("a"), Ct)).Id.Sequence);
    }

    [Fact]
    public async Task A_full_line_refuses_the_next_and_loses_nothing()
    {
        _log.Hold();
        var first = _pages.PublishAsync(_home, Drafts.Text("first"), Ct);
        var waiting = Enumerable.Range(0, PageWriter.MaxWaiting).Select(n => _pages.PublishAsync(_home, Drafts.Text($"{n}"), Ct)).ToArray();

        Assert.Equal(PublishStatus.PageBusy, await StatusAsync(Drafts.Text("too many")));

        _log.Release();
        await first.BoundedAsync();
        await Task.WhenAll(waiting).BoundedAsync();
        Assert.Equal(PageWriter.MaxWaiting + 1, (await _log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task The_line_is_bounded_in_bytes_too()
    {
        _log.Hold();
        var large = Drafts.Text(new string('x', PageWriter.MaxWaitingBytes / 2));
        var taken = Enumerable.Range(0, 3).Select(_ => _pages.PublishAsync(_home, large, Ct)).ToArray();

        Assert.Equal(PublishStatus.PageBusy, await StatusAsync(large));

        _log.Release();
        await Task.WhenAll(taken).BoundedAsync();
    }

    [Fact]
    public async Task A_page_is_put_away_when_its_last_publisher_leaves()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(n =>
            Task.Run(() => _pages.PublishAsync(PageId.Parse($"page {n % 7}"), Drafts.Text("a"), Ct), Ct))).BoundedAsync();

        Assert.Equal(0, _pages.Count);
    }

    [Fact]
    public async Task A_publisher_that_hangs_up_has_published_all_the_same()
    {
        using var hangUp = new CancellationTokenSource();
        _log.Hold();
        var answer = _pages.PublishAsync(_home, Drafts.Text("a"), hangUp.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        _log.Release();
        await _pages.PublishAsync(_home, Drafts.Text("b"), Ct).BoundedAsync();
        Assert.Equal(["a", "b"], (await _log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    private async Task<PublishStatus> StatusAsync(UpdateDraft draft) =>
        (await _pages.PublishAsync(_home, draft, Ct)).Status;
}
