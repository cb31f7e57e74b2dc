using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Carries announcements over Redis Pub/Sub, on the process's one subscription connection (in a Redis Cluster one to
/// each node). Redis delivers a message at most once: what is published while the connection is lost never arrives, and
/// listeners are notified when the connection is restored. A page's channels are subscribed while it has a listener
/// here.
/// <para>
/// In a Redis Cluster a subscription may also have to move while its connection stays: the page's slot is migrated, or
/// another node has taken over. So every second the server of each subscription is compared with the one before.
/// </para>
/// </summary>
public sealed class RedisBus : IPageBus, IDisposable
{
    private static readonly TimeSpan _restorePeriod = TimeSpan.FromSeconds(1);

    private static readonly ParallelOptions _restoreOptions = new() { MaxDegreeOfParallelism = 64 };

    private readonly RedisConnection _connection;
    private readonly ForeignMessageFilter _foreign;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<PageSubscription, bool> _subscriptions = new();
    private readonly ITimer _timer;
    private bool _isRestoring;

    public RedisBus(RedisConnection connection, ForeignMessageFilter foreign, TimeProvider time)
    {
        (_connection, _foreign, _time) = (connection, foreign, time);
        connection.Interrupted += () =>
        {
            foreach (var (subscription, _) in _subscriptions)
            {
                subscription.NotifyInterrupted();
            }
        };
        _timer = time.CreateTimer(_ => _ = RestoreAllAsync(), null, _restorePeriod, _restorePeriod);
    }

    public bool IsLossy => true;

    public async ValueTask<IAsyncDisposable> SubscribeAsync(
        PageId page,
        IPageListener listener,
        CancellationToken cancellationToken)
    {
        var subscription = new PageSubscription(_connection, _foreign, _time, page, listener);
        _subscriptions.TryAdd(subscription, true);
        try
        {
            await subscription.OpenAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Registration(this, subscription);
        }
        catch (Exception exception)
        {
            _ = CloseAsync(subscription);
            if (!cancellationToken.IsCancellationRequested && RedisErrors.Translate(exception) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    public void Dispose() => _timer.Dispose();

    private async Task CloseAsync(PageSubscription subscription)
    {
        _subscriptions.TryRemove(subscription, out _);
        await subscription.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RestoreAllAsync()
    {
        if (!_connection.IsCluster || Interlocked.Exchange(ref _isRestoring, true))
        {
            return;
        }

        try
        {
            await Parallel.ForEachAsync(_subscriptions.Keys, _restoreOptions, RestoreAsync).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isRestoring, false);
        }
    }

    private static async ValueTask RestoreAsync(PageSubscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            await subscription.RestoreAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisErrors.Translate(exception) is not null)
        {
            // The node of the slot cannot be reached. The next round tries again; meanwhile heads are compared.
        }
    }

    private sealed class Registration(RedisBus bus, PageSubscription subscription) : IAsyncDisposable
    {
        // Redis may be slow, and nobody needs to wait until it has confirmed.
        public ValueTask DisposeAsync()
        {
            _ = bus.CloseAsync(subscription);
            return ValueTask.CompletedTask;
        }
    }
}
