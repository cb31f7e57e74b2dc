namespace LiveStreams.Core;

/// <summary>A process cannot start as it is set up: the message says why in one sentence, and what to do.</summary>
public abstract class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
