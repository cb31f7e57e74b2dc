namespace LiveStreams.Api.Epoll;

/// <summary>A file descriptor that an <see cref="EpollReactor"/> watches.</summary>
internal abstract class EpollTarget(int descriptor)
{
    public int Descriptor => descriptor;

    /// <summary>
    /// Tells the target from others that have had the same descriptor, whose events may still come. The reactor sets
    /// it.
    /// </summary>
    public uint Generation { get; set; }

    /// <summary>
    /// Something has happened. It runs on the reactor's thread, on which everything else waits meanwhile, so it must
    /// not wait.
    /// </summary>
    public abstract void OnReady(uint events);
}
