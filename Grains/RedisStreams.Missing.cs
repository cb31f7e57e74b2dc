using Microsoft.Extensions.Configuration;

namespace LiveStreams.Grains;

/// <summary><c>Orleans:Streams=redis</c>, compiled where the package feed lacks Redis streams.</summary>
internal static class RedisStreams
{
    public static void AddRedisPageUpdates(this ISiloBuilder silo, IConfiguration configuration) => throw Missing();

    public static void AddRedisPageUpdates(this IClientBuilder client, IConfiguration configuration) => throw Missing();

    private static MissingPackageException Missing() => new("Orleans:Streams is 'redis'", "Microsoft.Orleans.Streaming.Redis");
}
