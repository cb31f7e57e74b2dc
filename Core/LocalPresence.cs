namespace LiveStreams.Core;

/// <summary>The presence of an installation of one process: there are no other nodes.</summary>
public sealed class LocalPresence : IPresence
{
    public int CountElsewhere(PageId page) => 0;

    public Task RunAsync(Func<IEnumerable<PageCount>> readCounts, CancellationToken stopping) => Task.CompletedTask;
}
