namespace LiveStreams.Api.Tool;

/// <summary>
/// A command of the tool cannot do what it was asked to. The message is one sentence that says what happened and what
/// to do; it is written to standard error, and the exit code is 1.
/// </summary>
internal class ToolException(string message, Exception? innerException = null) : Exception(message, innerException);
