using LiveStreams.Core.Tests.Support;

namespace LiveStreams.Core.Tests.Engines;

/// <summary>One engine under test with what it was given.</summary>
internal sealed record Engine(IPageLog Log, IPageBus Bus, ManualTime Time, HistoryOptions History) : IDisposable
{
    /// <summary>What else must be disposed.</summary>
    public IDisposable? Connection { get; init; }

    public void Dispose()
    {
        (Log as IDisposable)?.Dispose();
        Connection?.Dispose();
    }
}
