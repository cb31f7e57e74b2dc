using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One channel's messages in the order of Redis, which the client keeps only with a queue. The queue has no bound, so
/// the handler must return at once.
/// </summary>
internal sealed class ChannelSubscription(ISubscriber subscriber, string name, Action<byte[]> hear)
{
    private readonly RedisChannel _channel = RedisChannel.Literal(name);
    private ChannelMessageQueue? _queue;

    public async Task SubscribeAsync()
    {
        _queue = await subscriber.SubscribeAsync(_channel).ConfigureAwait(false);
        _queue.OnMessage(message => hear((byte[])message.Message!));
    }

    public void Unsubscribe() => _ = _queue is null
        ? subscriber.UnsubscribeAsync(_channel, flags: CommandFlags.FireAndForget)
        : _queue.UnsubscribeAsync(CommandFlags.FireAndForget);
}
