namespace LiveStreams.Bench;

/// <summary>A run cannot be made, or its result is invalid. The message is one sentence for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
