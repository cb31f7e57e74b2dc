using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests;

public sealed class BoundedReadLogTests
{
    private static readonly PageId _home = PageId.Parse("home");
    private static readonly TimeSpan _maxWait = TimeSpan.FromSeconds(1.5);

    private readonly FakeTimeProvider _time = new();
    private readonly ControlledLog _store = new(
        () => new MemoryLog(new HistoryOptions(), new PostOptions(), new LocalBus(), TimeProvider.System));

    private readonly BoundedReadLog _log;

    public BoundedReadLogTests() => _log = new BoundedReadLog(_store, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task So_many_reads_and_no_more_are_at_the_store_at_once()
    {
        _store.Hold();
        var reads = StartReads(3 * BoundedReadLog.MaxReads);

        Assert.Equal(BoundedReadLog.MaxReads, _store.Held);
        Assert.Equal(2 * BoundedReadLog.MaxReads, _log.Waiting);

        _store.Release();
        await Task.WhenAll(reads).BoundedAsync();
        Assert.Equal(0, _log.Waiting);
    }

    [Fact]
    public async Task Reads_of_posts_have_a_line_of_their_own()
    {
        _store.Hold();
        var posts = StartReads(3 * BoundedReadLog.MaxPostReads, ReadPostsAsync);
        var reads = StartReads(BoundedReadLog.MaxReads);

        Assert.Equal(BoundedReadLog.MaxPostReads + BoundedReadLog.MaxReads, _store.Held);
        Assert.Equal(2 * BoundedReadLog.MaxPostReads, _log.Waiting);

        _store.Release();
        await Task.WhenAll([.. posts, .. reads]).BoundedAsync();
        Assert.Equal(0, _log.Waiting);
    }

    [Fact]
    public async Task An_append_and_a_check_do_not_wait_for_reads()
    {
        _store.Hold();
        var reads = StartReads(2 * BoundedReadLog.MaxReads);

        var append = _log.AppendAsync(_home, Drafts.Text("a"));
        var check = _log.CheckAsync(Ct);

        Assert.Equal(BoundedReadLog.MaxReads + 2, _store.Held);
        _store.Release();
        Assert.Equal(1, (await append).Id.Sequence);
        await check;
        await Task.WhenAll(reads).BoundedAsync();
    }

    [Fact]
    public async Task A_read_fails_when_too_many_wait_or_the_store_does_not_keep_up()
    {
        _store.Hold();
        var reads = StartReads(BoundedReadLog.MaxReads + BoundedReadLog.MaxWaiting);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _log.HeadAsync(_home, Ct));
        _time.Advance(_maxWait);
        await AssertUnavailableAsync(reads);

        Assert.Equal(0, _log.Waiting);
        _store.Release();
        Assert.Equal(PageHead.Empty, await _log.HeadAsync(_home, Ct).AsTask().BoundedAsync());
    }

    [Fact]
    public async Task A_read_of_posts_fails_when_those_before_it_hang()
    {
        _store.Hold();
        var hanging = StartReads(BoundedReadLog.MaxPostReads, ReadPostsAsync);
        _time.Advance(_maxWait);
        await AssertUnavailableAsync(hanging);

        var waiting = ReadPostsAsync(Ct);
        Assert.Equal(1, _log.Waiting);
        _time.Advance(_maxWait);

        await AssertUnavailableAsync([waiting]);
        Assert.Equal(BoundedReadLog.MaxPostReads, _store.PostReads);
        _store.Release();
        await ReadPostsAsync(Ct).BoundedAsync();
    }

    [Fact]
    public async Task A_read_that_takes_too_long_keeps_its_turn_until_the_store_has_ended_it()
    {
        _store.Hold();
        var reads = StartReads(BoundedReadLog.MaxReads);
        _time.Advance(_maxWait);
        await AssertUnavailableAsync(reads);

        await AssertNextReadWaitsAsync();
    }

    [Fact]
    public async Task A_read_that_its_caller_has_left_keeps_its_turn_until_the_store_has_ended_it()
    {
        _store.Hold();
        using var left = new CancellationTokenSource();
        var reads = StartReads(BoundedReadLog.MaxReads, _ => ReadHeadAsync(left.Token));
        await left.CancelAsync();
        foreach (var read in reads)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.BoundedAsync());
        }

        await AssertNextReadWaitsAsync();
    }

    [Fact]
    public async Task A_read_whose_caller_has_left_does_not_keep_its_place()
    {
        _store.Hold();
        var reads = StartReads(BoundedReadLog.MaxReads);
        using var left = new CancellationTokenSource();
        var waiting = _log.HeadAsync(_home, left.Token);
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.Equal(0, _log.Waiting);
        _store.Release();
        await Task.WhenAll(reads).BoundedAsync();
        Assert.Equal(BoundedReadLog.MaxReads, _store.Heads);
    }

    private static async Task AssertUnavailableAsync(List<Task> reads)
    {
        foreach (var read in reads)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => read.BoundedAsync());
        }
    }

    private async Task AssertNextReadWaitsAsync()
    {
        var next = ReadHeadAsync(Ct);
        Assert.Equal(1, _log.Waiting);
        Assert.Equal(BoundedReadLog.MaxReads, _store.Held);

        _store.Release();
        await next.BoundedAsync();
    }

    private Task ReadHeadAsync(CancellationToken cancellationToken) =>
        _log.HeadAsync(_home, cancellationToken).AsTask();

    private Task ReadPostsAsync(CancellationToken cancellationToken) =>
        _log.PostsAsync(_home, cancellationToken).AsTask();

    private List<Task> StartReads(int count) => StartReads(count, ReadHeadAsync);

    private static List<Task> StartReads(int count, Func<CancellationToken, Task> read) =>
        [.. Enumerable.Range(0, count).Select(_ => read(Ct))];
}
