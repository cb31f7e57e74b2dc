using LiveStreams.Core.Listing;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Core.Tests.Listing;

public sealed class BoundedReadIndexTests
{
    private readonly WaitingIndex _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly BoundedReadIndex _index;

    public BoundedReadIndexTests() => _index = new BoundedReadIndex(_store, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_waits_while_others_are_read_and_new_pages_do_not_wait_for_lists()
    {
        var lists = Enumerable.Range(0, BoundedReadIndex.MaxReads + 1)
            .Select(_ => _index.ListAsync(NameRange.All, 1, Ct).AsTask())
            .ToList();
        Assert.Equal(BoundedReadIndex.MaxReads, _store.Lists);

        Assert.Empty((await _index.ReadBornAsync(cursor: null, Ct)).Pages);
        _store.End();

        await Task.WhenAll(lists).BoundedAsync();
        Assert.Equal(BoundedReadIndex.MaxReads + 1, _store.Lists);
    }

    [Fact]
    public async Task A_list_that_the_store_does_not_return_fails()
    {
        var list = _index.ListAsync(NameRange.All, 1, Ct).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => list.BoundedAsync());
    }

    /// <summary>An empty index whose lists wait until <see cref="End"/>.</summary>
    private sealed class WaitingIndex : IPageIndex
    {
        private readonly TaskCompletionSource<IReadOnlyList<PageId>> _end =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _lists;

        public int Lists => Volatile.Read(ref _lists);

        public void End() => _end.SetResult([]);

        public ValueTask<IReadOnlyList<PageId>> ListAsync(NameRange range, int limit, CancellationToken _)
        {
            Interlocked.Increment(ref _lists);
            return new(_end.Task);
        }

        public ValueTask<IReadOnlyList<ListedPage>> ReadAsync(IReadOnlyList<PageId> pages, CancellationToken _) =>
            ValueTask.FromResult<IReadOnlyList<ListedPage>>([]);

        public ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken _) =>
            ValueTask.FromResult(new BornPages([], "0"));
    }
}
