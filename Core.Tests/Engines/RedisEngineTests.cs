using LiveStreams.Core.Tests.Support;
using LiveStreams.Redis;

namespace LiveStreams.Core.Tests.Engines;

public sealed class RedisEngineTests(SharedRedis redis) : EngineContract, IClassFixture<SharedRedis>
{
    private readonly string _prefix = $"{Guid.NewGuid()}:";

    private RedisServer Server => redis.Server;

    private protected override Task<Engine> OpenAsync(HistoryOptions history) =>
        RedisEngine.OpenAsync(new RedisOptions { Connection = Server.Connection, Prefix = _prefix }, history);
}
