namespace LiveStreams.Core;

/// <summary>
/// The silo of the page does not take the update as it is, and it was not published. A server checks by the same rules, so
/// this happens when server and silo have different limits.
/// </summary>
public sealed class InvalidDraftException(string message) : Exception(message);
