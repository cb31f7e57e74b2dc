namespace LiveStreams.Core.FanOut;

/// <summary>What runs a <see cref="Subscriber"/>: it learns when the stream ends, and can end it.</summary>
public interface IStreamHost
{
    /// <summary>
    /// Closes the stream's connection at once, from any thread. Does nothing once the stream has ended, because the
    /// connection may serve another request by then.
    /// </summary>
    void Abort();

    /// <summary>
    /// The stream has ended, and nothing more is written. It is called once, on the thread that ended it, which must
    /// not wait.
    /// </summary>
    /// <param name="exception">The unexpected exception that ended it, or null.</param>
    void OnEnded(Exception? exception);
}
