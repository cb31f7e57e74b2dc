using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Checks at the start that the user may subscribe to each kind of channel that is used: an ACL grants
/// <c>SUBSCRIBE</c> and <c>SSUBSCRIBE</c> apart, and streams would fail without them although publishing works.
/// </summary>
internal static class SubscriptionCheck
{
    /// <exception cref="StoreUnavailableException">Redis cannot be reached, or refuses a subscription.</exception>
    public static async Task RunAsync(RedisConnection connection)
    {
        var name = connection.Names.Check;
        await SubscribeAsync(connection, RedisChannel.Literal(name), "SUBSCRIBE").ConfigureAwait(false);
        if (connection.HasShardedChannels)
        {
            await SubscribeAsync(connection, RedisChannel.Sharded(name), "SSUBSCRIBE").ConfigureAwait(false);
        }
    }

    private static async Task SubscribeAsync(RedisConnection connection, RedisChannel channel, string command)
    {
        var subscription = new ChannelSubscription(connection.Subscriber, channel, onMessage: _ => { });
        try
        {
            await subscription.EnsureAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is { } translated)
        {
            throw new StoreUnavailableException($"{command} fails: {exception.Message}", translated);
        }

        subscription.Unsubscribe();
    }
}
