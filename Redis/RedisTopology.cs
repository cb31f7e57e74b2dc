using System.Net;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>What kind of servers the client is connected to, as far as it knows now.</summary>
internal sealed class RedisTopology(ConnectionMultiplexer redis)
{
    /// <summary>The version of Redis from which on it has sharded Pub/Sub.</summary>
    private static readonly Version _shardedVersion = new(7, 0);

    /// <summary>Whether the servers are a Redis Cluster.</summary>
    public bool IsCluster => Array.Exists(redis.GetEndPoints(), IsClusterNode);

    /// <summary>
    /// Whether the servers are a Redis Cluster with sharded Pub/Sub: all that are connected have version 7 or later.
    /// </summary>
    public bool HasShardedChannels => IsCluster && Array.TrueForAll(
        redis.GetServers(),
        node => !node.IsConnected || (node.ServerType == ServerType.Cluster && node.Version >= _shardedVersion));

    private bool IsClusterNode(EndPoint server)
    {
        try
        {
            return redis.GetServer(server).ServerType is not (ServerType.Standalone or ServerType.Sentinel);
        }
        catch (Exception exception) when (exception is ArgumentException or ObjectDisposedException)
        {
            // The client has listed the server and removed it since: the connection has been closed, or Sentinel has
            // switched to another server.
            return false;
        }
    }
}
