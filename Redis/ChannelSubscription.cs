using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// A subscription to one channel. Messages arrive in the order of Redis, which the client keeps only with a queue. The
/// queue has no bound, so <paramref name="onMessage"/> must return at once.
/// </summary>
internal sealed class ChannelSubscription(ISubscriber subscriber, string name, Action<byte[]> onMessage)
{
    private readonly RedisChannel _channel = RedisChannel.Literal(name);
    private ChannelMessageQueue? _queue;

    public async Task SubscribeAsync()
    {
        _queue = await subscriber.SubscribeAsync(_channel).ConfigureAwait(false);
        _queue.OnMessage(message => onMessage((byte[])message.Message!));
    }

    public void Unsubscribe() => _ = _queue is null
        ? subscriber.UnsubscribeAsync(_channel, flags: CommandFlags.FireAndForget)
        : _queue.UnsubscribeAsync(CommandFlags.FireAndForget);
}
