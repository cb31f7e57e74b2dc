namespace LiveStreams.Grains.Tests.RedisStreams;

public sealed class RedisPageUpdatesTests() : PageUpdatesContract("redis");
