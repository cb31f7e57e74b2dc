namespace LiveStreams.Core.FanOut;

/// <summary>A stream's place within the limits of the process, until it is disposed.</summary>
public interface IStreamLease : IDisposable
{
    /// <summary>Counts more pages for the stream; false when a limit is reached, and then none of them.</summary>
    bool TryAddPages(int count);
}
