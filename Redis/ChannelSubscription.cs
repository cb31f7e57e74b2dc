using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One channel's messages in the order of Redis. The client keeps the order by different means in its versions: 1 calls handlers one
/// after the other; 2 and later do so only with a queue. Neither bounds what waits, so whoever hears must return at once.
/// </summary>
internal sealed class ChannelSubscription(ISubscriber subscriber, string name, Action<byte[]> hear)
{
    private readonly RedisChannel _channel = new(name, RedisChannel.PatternMode.Literal);

#if MESSAGE_QUEUES
    private ChannelMessageQueue? _queue;

    public async Task SubscribeAsync()
    {
        _queue = await subscriber.SubscribeAsync(_channel).ConfigureAwait(false);
        _queue.OnMessage(message => hear((byte[])message.Message!));
    }

    public void Unsubscribe() => _ = _queue is null
        ? subscriber.UnsubscribeAsync(_channel, flags: CommandFlags.FireAndForget)
        : _queue.UnsubscribeAsync(CommandFlags.FireAndForget);
#else
    /// <summary>How often, and how many times, it is tried while no subscription connection is up.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    private const int MaxTries = 30;

    // Without a connection this client only takes a note, says that all is well, and may not look at the note for a minute.
    public async Task SubscribeAsync()
    {
        for (var tries = 1; ; tries++)
        {
            await subscriber.SubscribeAsync(_channel, Hear).ConfigureAwait(false);
            if (subscriber.SubscribedEndpoint(_channel) is not null)
            {
                return;
            }

            Unsubscribe();
            if (tries == MaxTries)
            {
                throw RedisFaults.Away();
            }

            await Task.Delay(_retryDelay, TimeProvider.System).ConfigureAwait(false);
        }
    }

    public void Unsubscribe() => _ = subscriber.UnsubscribeAsync(_channel, Hear, CommandFlags.FireAndForget);

    private void Hear(RedisChannel channel, RedisValue message) => hear(message);
#endif
}
