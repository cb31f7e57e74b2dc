namespace LiveStreams.Grains.Tests;

public sealed class MemoryPageUpdatesTests() : PageUpdatesContract("memory");
