using System.Diagnostics;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Checks at the start that the user may subscribe to each kind of channel that is used: an ACL grants
/// <c>SUBSCRIBE</c> and <c>SSUBSCRIBE</c> apart, and streams would fail without them although publishing works.
/// </summary>
internal static class SubscriptionCheck
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Subscribes to a channel of each kind, and unsubscribes.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="connectTimeout">
    /// How long to wait for the connection that carries subscriptions: it is a connection of its own, and the client
    /// calls itself connected without it.
    /// </param>
    /// <exception cref="StoreUnavailableException">Redis cannot be reached, or refuses a subscription.</exception>
    public static async Task RunAsync(RedisConnection connection, TimeSpan connectTimeout)
    {
        var name = connection.Names.Check;
        var wait = Stopwatch.StartNew();
        await SubscribeAsync(RedisChannel.Literal(name), "SUBSCRIBE").ConfigureAwait(false);
        if (connection.HasShardedChannels)
        {
            await SubscribeAsync(RedisChannel.Sharded(name), "SSUBSCRIBE").ConfigureAwait(false);
        }

        async Task SubscribeAsync(RedisChannel channel, string command)
        {
            while (!await TrySubscribeAsync(connection, channel, command, isLast: wait.Elapsed >= connectTimeout)
                .ConfigureAwait(false))
            {
                await Task.Delay(_pause, TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    /// <summary>False if the client has no connection for it, unless this is the last attempt.</summary>
    private static async Task<bool> TrySubscribeAsync(
        RedisConnection connection, RedisChannel channel, string command, bool isLast)
    {
        var subscription = new ChannelSubscription(connection.Subscriber, channel, onMessage: _ => { });
        try
        {
            await subscription.EnsureAsync().ConfigureAwait(false);
        }
        catch (RedisConnectionException) when (!isLast)
        {
            return false;
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is { } translated)
        {
            throw new StoreUnavailableException($"{command} fails: {exception.Message}", translated);
        }

        subscription.Unsubscribe();
        return true;
    }
}
