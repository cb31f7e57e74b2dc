namespace LiveStreams.Core.Unsent;

/// <summary>
/// Aborts a reader, but only while it is armed. A connection may serve another request once the reader has finished.
/// </summary>
internal sealed class ReaderAbort(IUnsentReader reader)
{
    private readonly Lock _gate = new();
    private bool _isArmed;

    public bool IsArmed => Volatile.Read(ref _isArmed);

    public void Arm() => Volatile.Write(ref _isArmed, true);

    /// <summary>After this returned, the reader is not aborted.</summary>
    public void Disarm()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isArmed, false);
        }
    }

    public void Abort()
    {
        lock (_gate)
        {
            if (_isArmed)
            {
                reader.Abort();
            }
        }
    }
}
