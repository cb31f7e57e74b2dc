using System.Collections.Concurrent;
using System.Text.Unicode;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Carries announcements over Redis Pub/Sub, on the process's one subscription connection (in a Redis Cluster one to
/// each node). Redis delivers a message at most once: what is published while the connection is lost never arrives, and
/// listeners are notified when the connection is restored. A page's channel is subscribed while it has a listener here.
/// </summary>
public sealed class RedisBus : IPageBus
{
    private readonly RedisConnection _connection;
    private readonly ForeignMessageFilter _foreign;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<PageSubscription, bool> _subscriptions = new();

    public RedisBus(RedisConnection connection, ForeignMessageFilter foreign, TimeProvider time)
    {
        _connection = connection;
        _foreign = foreign;
        _time = time;
        connection.Interrupted += () =>
        {
            foreach (var (subscription, _) in _subscriptions)
            {
                subscription.Listener.OnInterrupted();
            }
        };
    }

    public bool IsLossy => true;

    public async ValueTask<IAsyncDisposable> SubscribeAsync(
        PageId page,
        IPageListener listener,
        CancellationToken cancellationToken)
    {
        var subscription = new PageSubscription(this, page, listener);
        try
        {
            await subscription.OpenAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch (Exception exception)
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            if (!cancellationToken.IsCancellationRequested && RedisErrors.Translate(exception) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>One listener's channels: the page's own, and those of other programs.</summary>
    private sealed class PageSubscription : IAsyncDisposable
    {
        private readonly RedisBus _bus;
        private readonly PageId _page;
        private readonly ChannelSubscription[] _channels;
        private readonly Lock _gate = new();

        public PageSubscription(RedisBus bus, PageId page, IPageListener listener)
        {
            _bus = bus;
            _page = page;
            Listener = listener;
            var subscriber = bus._connection.Subscriber;
            var foreignChannels = bus._connection.Options.ForeignChannelPatterns
                .Select(pattern => RedisNames.ForeignChannel(pattern, page));
            _channels =
            [
                new ChannelSubscription(subscriber, bus._connection.Names.Channel(page), OnMessage),
                .. foreignChannels.Select(name => new ChannelSubscription(subscriber, name, OnForeignMessage)),
            ];
        }

        public IPageListener Listener { get; }

        public Task OpenAsync()
        {
            _bus._subscriptions.TryAdd(this, true);
            return Task.WhenAll(_channels.Select(channel => channel.SubscribeAsync()));
        }

        public ValueTask DisposeAsync()
        {
            _bus._subscriptions.TryRemove(this, out _);
            foreach (var channel in _channels)
            {
                channel.Unsubscribe();
            }

            return ValueTask.CompletedTask;
        }

        private void OnMessage(byte[] message)
        {
            if (!_bus._foreign.AcceptsAnnouncement(message))
            {
                // If it was an announcement all the same, of a server with a higher limit, the log has the update.
                Listener.OnInterrupted();
            }
            else if (!Utf8.IsValid(message)
                || UpdateJson.ReadAnnouncement(message, _bus._time.GetUtcNow()) is not { } update)
            {
                OnForeignMessage(message);
            }
            else if (!update.IsLiveOnly)
            {
                _bus._connection.NewestKnownIds.RecordAnnounced(_page, update.Id);
                Notify(update);
            }
            else if (_bus._foreign.Accepts(update.Data.Span))
            {
                // Another program may have written it, and no entry of the log limits its size.
                Notify(update);
            }
        }

        private void OnForeignMessage(byte[] message)
        {
            if (_bus._foreign.Accepts(message))
            {
                Notify(new Update(UpdateId.None, Event: null, message, _bus._time.GetUtcNow()));
            }
        }

        // Messages of two channels may arrive at the same time.
        private void Notify(Update update)
        {
            lock (_gate)
            {
                Listener.OnUpdate(update);
            }
        }
    }
}
