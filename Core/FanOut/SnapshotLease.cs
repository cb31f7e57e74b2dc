using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>One reader's hold on a snapshot. While it lasts, the snapshot is in memory.</summary>
public sealed class SnapshotLease : IDisposable
{
    private readonly SnapshotRegistry _registry;
    private readonly ReaderAbort _abort;

    internal SnapshotLease(SnapshotRegistry registry, PageId page, Snapshot snapshot, IUnsentReader reader)
    {
        (_registry, Page, Snapshot, _abort) = (registry, page, snapshot, new ReaderAbort(reader));
        _abort.Arm();
    }

    public Snapshot Snapshot { get; }

    internal PageId Page { get; }

    public void Dispose()
    {
        if (_abort.IsArmed)
        {
            _abort.Disarm();
            _registry.Release(this);
        }
    }

    /// <summary>Aborts the reader. The registry must not hold its lock.</summary>
    internal void Cut() => _abort.Abort();
}
