namespace LiveStreams.Core;

/// <summary>
/// A process cannot start with its configuration. The message says why in one sentence, and what to do.
/// </summary>
public abstract class StartException(string message, Exception? innerException = null)
    : Exception(message, innerException);
