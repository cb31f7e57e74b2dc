using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// Checks at the start that the user may subscribe to each kind of channel that is used: an ACL grants
/// <c>SUBSCRIBE</c> and <c>SSUBSCRIBE</c> apart, and streams would fail without them although publishing works.
/// </summary>
internal static class SubscriptionCheck
{
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
        await SubscribeAsync(connection, RedisChannel.Literal(name), "SUBSCRIBE", connectTimeout).ConfigureAwait(false);
        if (connection.HasShardedChannels)
        {
            await SubscribeAsync(connection, RedisChannel.Sharded(name), "SSUBSCRIBE", connectTimeout)
                .ConfigureAwait(false);
        }
    }

    private static async Task SubscribeAsync(
        RedisConnection connection, RedisChannel channel, string command, TimeSpan connectTimeout)
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnConnected() => connected.TrySetResult();
        connection.Interrupted += OnConnected;
        var subscription = new ChannelSubscription(connection.Subscriber, channel, onMessage: _ => { });
        try
        {
            if (!await TrySubscribeAsync(subscription).ConfigureAwait(false))
            {
                // After a time-out, too: the last attempt says what is wrong.
                await connected.Task.WaitAsync(connectTimeout)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await subscription.EnsureAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is { } translated)
        {
            throw new StoreUnavailableException($"{command} fails: {exception.Message}", translated);
        }
        finally
        {
            connection.Interrupted -= OnConnected;
        }

        subscription.Unsubscribe();
    }

    private static async Task<bool> TrySubscribeAsync(ChannelSubscription subscription)
    {
        try
        {
            await subscription.EnsureAsync().ConfigureAwait(false);
            return true;
        }
        catch (RedisConnectionException)
        {
            return false;
        }
    }
}
