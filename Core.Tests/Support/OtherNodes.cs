using System.Collections.Concurrent;

namespace LiveStreams.Core.Tests.Support;

/// <summary>The numbers of streams that the other nodes report, which the test sets.</summary>
internal sealed class OtherNodes : IPresence
{
    private readonly ConcurrentDictionary<PageId, int> _counts = new();

    public void Set(PageId page, int count) => _counts[page] = count;

    public int CountElsewhere(PageId page) => _counts.GetValueOrDefault(page);

    public Task RunAsync(Func<IEnumerable<PageCount>> readCounts, CancellationToken stopping) => Task.CompletedTask;
}
