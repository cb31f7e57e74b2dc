namespace LiveStreams.Bench;

/// <summary>A run that cannot be made or does not count, told to the user in one sentence.</summary>
internal sealed class BenchException(string message) : Exception(message);
