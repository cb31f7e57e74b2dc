using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace LiveStreams.Core;

/// <summary>
/// The bus inside one process. The engine calls <see cref="Announce"/>, which returns after every listener has
/// received the update, so nothing is lost.
/// </summary>
public sealed class LocalBus : IPageBus
{
    private readonly ConcurrentDictionary<PageId, ImmutableArray<IPageListener>> _listeners = new();

    public bool IsLossy => false;

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        PageId page,
        IPageListener listener,
        CancellationToken cancellationToken)
    {
        _listeners.AddOrUpdate(page, _ => [listener], (_, others) => others.Add(listener));
        return ValueTask.FromResult<IAsyncDisposable>(new Subscription(this, page, listener));
    }

    /// <summary>
    /// Passes an update to the page's listeners. Engines must call it in the order of the page's sequence.
    /// </summary>
    public void Announce(PageId page, Update update)
    {
        if (_listeners.TryGetValue(page, out var listeners))
        {
            foreach (var listener in listeners)
            {
                listener.OnUpdate(update);
            }
        }
    }

    private void Remove(PageId page, IPageListener listener)
    {
        while (_listeners.TryGetValue(page, out var before))
        {
            var after = before.Remove(listener);
            var isReplaced = after.IsEmpty
                ? _listeners.TryRemove(KeyValuePair.Create(page, before))
                : _listeners.TryUpdate(page, after, before);
            if (isReplaced)
            {
                return;
            }
        }
    }

    private sealed class Subscription(LocalBus bus, PageId page, IPageListener listener) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            bus.Remove(page, listener);
            return ValueTask.CompletedTask;
        }
    }
}
