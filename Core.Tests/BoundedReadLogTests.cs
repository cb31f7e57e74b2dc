using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Core.Tests.Support;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests;

public sealed class BoundedReadLogTests : IDisposable
{
    private static readonly PageId _home = PageId.Parse("home");
    private readonly ControlledLog _store = new(
        () => new MemoryLog(new HistoryOptions(), new PostOptions(), new LocalBus(), TimeProvider.System));

    private readonly BoundedReadLog _log;

    public BoundedReadLogTests() => _log = new BoundedReadLog(_store);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

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

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _log.PostsAsync(_home, Ct));
        var inLine = reads[BoundedReadLog.MaxReads..];
        await Wait.UntilAsync(() => inLine.TrueForAll(read => read.IsFaulted), "every read in line has failed");

        Assert.Equal(0, _log.Waiting);
        _store.Release();
        await Task.WhenAll(reads.Take(BoundedReadLog.MaxReads)).BoundedAsync();
        Assert.Equal(PageHead.Empty, await _log.HeadAsync(_home, Ct));
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

    private List<Task> StartReads(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _log.HeadAsync(_home, Ct).AsTask())];
}
