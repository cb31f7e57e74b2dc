using System.Text.Unicode;
using LiveStreams.Core;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// One listener's channels: the page's own, and those of other programs. Where Redis has sharded Pub/Sub, the page's
/// own channel is subscribed in both kinds: which one carries the announcements is each publishing process's choice
/// (<see cref="RedisOptions.ShardedAnnouncements"/>), and other programs may use <c>PUBLISH</c>.
/// </summary>
internal sealed class PageSubscription : IAsyncDisposable
{
    private readonly RedisConnection _connection;
    private readonly ForeignMessageFilter _foreign;
    private readonly TimeProvider _time;
    private readonly PageId _page;
    private readonly IPageListener _listener;
    private readonly ChannelSubscription[] _channels;
    private readonly ChannelSubscription _shardedChannel;
    private readonly SemaphoreSlim _ensuring = new(1);
    private readonly Lock _notifying = new();
    private bool _isClosed;
    private bool _hasMoved;

    public PageSubscription(
        RedisConnection connection,
        ForeignMessageFilter foreign,
        TimeProvider time,
        PageId page,
        IPageListener listener)
    {
        (_connection, _foreign, _time, _page, _listener) = (connection, foreign, time, page, listener);
        var own = connection.Names.Channel(page);
        _shardedChannel = new ChannelSubscription(connection.Subscriber, RedisChannel.Sharded(own), OnMessage);
        var foreignChannels = connection.Options.ForeignChannelPatterns
            .Select(pattern => RedisNames.ForeignChannel(pattern, page));
        _channels =
        [
            new ChannelSubscription(connection.Subscriber, RedisChannel.Literal(own), OnMessage),
            .. foreignChannels.Select(name =>
                new ChannelSubscription(connection.Subscriber, RedisChannel.Literal(name), OnForeignMessage)),
        ];
    }

    /// <summary>Subscribes to all channels.</summary>
    public async Task OpenAsync()
    {
        await EnsureAsync().ConfigureAwait(false);
        Volatile.Write(ref _hasMoved, false);
    }

    /// <summary>
    /// Subscribes again to channels whose subscription has been dropped, and notifies the listener if one was.
    /// </summary>
    public async Task RestoreAsync()
    {
        try
        {
            await EnsureAsync().ConfigureAwait(false);
        }
        finally
        {
            // One channel may have moved although another could not be subscribed.
            if (Interlocked.Exchange(ref _hasMoved, false))
            {
                _listener.OnInterrupted();
            }
        }
    }

    /// <summary>Tells the listener that announcements may have been lost.</summary>
    public void NotifyInterrupted() => _listener.OnInterrupted();

    public async ValueTask DisposeAsync()
    {
        // The client cannot take back a subscription before Redis has confirmed it.
        await _ensuring.WaitAsync().ConfigureAwait(false);
        try
        {
            _isClosed = true;
            foreach (var channel in _channels.Append(_shardedChannel))
            {
                channel.Unsubscribe();
            }
        }
        finally
        {
            _ensuring.Release();
        }
    }

    private async Task EnsureAsync()
    {
        await _ensuring.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isClosed)
            {
                return;
            }

            var channels = _connection.HasShardedChannels ? _channels.Append(_shardedChannel) : _channels;
            await Task.WhenAll(channels.Select(EnsureAsync)).ConfigureAwait(false);
        }
        finally
        {
            _ensuring.Release();
        }
    }

    private async Task EnsureAsync(ChannelSubscription channel)
    {
        if (await channel.EnsureAsync().ConfigureAwait(false))
        {
            Volatile.Write(ref _hasMoved, true);
        }
    }

    private void OnMessage(byte[] message)
    {
        if (!_foreign.AcceptsAnnouncement(message))
        {
            // If it was an announcement all the same, of a server with a higher limit, the log has the update.
            _listener.OnInterrupted();
        }
        else if (!Utf8.IsValid(message)
            || UpdateJson.ReadAnnouncement(message, _time.GetUtcNow()) is not { } update)
        {
            OnForeignMessage(message);
        }
        else if (!update.IsLiveOnly)
        {
            _connection.NewestKnownIds.RecordAnnounced(_page, update.Id);
            Notify(update);
        }
        else if (_foreign.Accepts(update.Data.Span))
        {
            // Another program may have written it, and no entry of the log limits its size.
            Notify(update);
        }
    }

    private void OnForeignMessage(byte[] message)
    {
        if (_foreign.Accepts(message))
        {
            Notify(new Update(UpdateId.None, Event: null, message, _time.GetUtcNow()));
        }
    }

    // Messages of two channels may arrive at the same time.
    private void Notify(Update update)
    {
        lock (_notifying)
        {
            _listener.OnUpdate(update);
        }
    }
}
