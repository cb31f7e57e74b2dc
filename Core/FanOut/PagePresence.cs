namespace LiveStreams.Core.FanOut;

/// <summary>
/// How many event streams a page has, for those of its streams that ask for it. The number is compared once a second,
/// and each new one is encoded once, for all of them.
/// </summary>
internal sealed class PagePresence
{
    private PresenceEvent? _newest;
    private int _readers;
    private int _hasNewReader;

    /// <summary>The newest number; null before the first one.</summary>
    public PresenceEvent? Newest => Volatile.Read(ref _newest);

    /// <summary>Whether a stream asks for the number.</summary>
    public bool HasReaders => Volatile.Read(ref _readers) > 0;

    /// <summary>Adds a stream, which receives the number that is found next.</summary>
    public void AddReader()
    {
        Interlocked.Increment(ref _readers);
        Volatile.Write(ref _hasNewReader, 1);
    }

    public void RemoveReader() => Interlocked.Decrement(ref _readers);

    /// <summary>
    /// Replaces the newest number if it has changed, or if a stream has none yet; false if it was kept.
    /// </summary>
    public bool TryReplace(int subscribers)
    {
        var hasNewReader = Interlocked.Exchange(ref _hasNewReader, 0) == 1;
        if (!hasNewReader && Newest?.Subscribers == subscribers)
        {
            return false;
        }

        Volatile.Write(ref _newest, PresenceEvent.Create(subscribers));
        return true;
    }
}
