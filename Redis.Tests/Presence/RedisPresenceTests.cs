namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Nodes over one Redis.</summary>
public sealed class RedisPresenceTests(SharedRedis redis)
    : PresenceContract(redis.Server.Connection), IClassFixture<SharedRedis>;
