using System.Net;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// A subscription to one channel. Messages arrive in the order of Redis, which the client keeps only with a queue. The
/// queue has no bound, so <paramref name="onMessage"/> must return at once.
/// </summary>
internal sealed class ChannelSubscription(ISubscriber subscriber, RedisChannel channel, Action<byte[]> onMessage)
{
    private ChannelMessageQueue? _queue;
    private EndPoint? _server;

    /// <summary>
    /// Subscribes, or subscribes again if Redis or the client have dropped the subscription. Returns whether it is new
    /// or on another server than before, so that messages may have been lost. Must not be called again before it has
    /// returned.
    /// </summary>
    /// <remarks>
    /// A server drops the subscription to a sharded channel when the channel's slot moves to another server. The client
    /// then subscribes there, but reports nothing, and does not try again if that fails.
    /// </remarks>
    public async Task<bool> EnsureAsync()
    {
        if (_queue is not null && _server is not null && _server.Equals(FindServer()))
        {
            return false;
        }

        if (_queue is null)
        {
            await SubscribeAsync().ConfigureAwait(false);
        }
        else
        {
            // The client looks for a subscription that is missing or on the wrong server when a handler is added.
            // It keeps the handler if that fails.
            try
            {
                await subscriber.SubscribeAsync(channel, Ignore).ConfigureAwait(false);
            }
            finally
            {
                _ = subscriber.UnsubscribeAsync(channel, Ignore, CommandFlags.FireAndForget);
            }
        }

        _server = FindServer();
        return true;
    }

    /// <summary>Ends this subscription; others to the same channel continue.</summary>
    public void Unsubscribe() => _ = _queue?.UnsubscribeAsync(CommandFlags.FireAndForget);

    private static void Ignore(RedisChannel channel, RedisValue message)
    {
        // The queue has the message too.
    }

    private async Task SubscribeAsync()
    {
        try
        {
            var queue = await subscriber.SubscribeAsync(channel).ConfigureAwait(false);
            queue.OnMessage(message => onMessage((byte[])message.Message!));
            _queue = queue;
        }
        catch
        {
            // The client keeps the queue of a subscription that has failed, and nobody would read it.
            _ = subscriber.UnsubscribeAsync(channel, flags: CommandFlags.FireAndForget);
            throw;
        }
    }

    private EndPoint? FindServer() => subscriber.IsConnected(channel) ? subscriber.SubscribedEndpoint(channel) : null;
}
