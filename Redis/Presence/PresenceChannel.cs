using StackExchange.Redis;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// The channel on which the nodes report to each other. In a Redis Cluster it is subscribed in both kinds, as the
/// channels of pages are: each node chooses the kind that it publishes to.
/// </summary>
internal sealed class PresenceChannel(RedisConnection connection, Action<byte[]> onMessage)
{
    private static readonly string _script = ScriptFile.Load("publish.lua");

    private readonly string _name = connection.Names.Presence;

    private readonly ChannelSubscription _channel =
        new(connection.Subscriber, RedisChannel.Literal(connection.Names.Presence), onMessage);

    private readonly ChannelSubscription _shardedChannel =
        new(connection.Subscriber, RedisChannel.Sharded(connection.Names.Presence), onMessage);

    /// <summary>
    /// Subscribes if it is not subscribed. Returns whether messages may have been lost before. Must not be called again
    /// before it has returned.
    /// </summary>
    /// <exception cref="RedisException">Redis cannot be reached, or refuses.</exception>
    public async Task<bool> EnsureAsync()
    {
        var isNew = await _channel.EnsureAsync().ConfigureAwait(false);
        return (connection.HasShardedChannels && await _shardedChannel.EnsureAsync().ConfigureAwait(false)) || isNew;
    }

    /// <exception cref="Core.StoreUnavailableException">Redis cannot be reached, or refuses.</exception>
    public Task PublishAsync(ReadOnlyMemory<byte> message) =>
        connection.EvaluateAsync(_script, [_name], [connection.PublishCommand, message]);

    public void Unsubscribe()
    {
        _channel.Unsubscribe();
        _shardedChannel.Unsubscribe();
    }
}
