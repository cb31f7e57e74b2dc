namespace LiveStreams.Core.Tests.Support;

/// <summary>A bus between an engine's bus and its listeners that a test makes lose, repeat and hold back announcements.</summary>
internal sealed class LossyBus(IPageBus bus) : IPageBus
{
    private event Action? Interrupted;

    public bool IsLossy { get; init; }

    /// <summary>What the listeners hear in place of an announcement.</summary>
    public Func<Update, IEnumerable<Update>> Fate { get; set; } = update => [update];

    public ValueTask<IAsyncDisposable> SubscribeAsync(PageId page, IPageListener listener, CancellationToken cancellationToken)
    {
        Interrupted += listener.OnInterrupted;
        return bus.SubscribeAsync(page, new Listener(this, listener), cancellationToken);
    }

    /// <summary>Tells the listeners that something may have been lost.</summary>
    public void Interrupt() => Interrupted?.Invoke();

    private sealed class Listener(LossyBus bus, IPageListener listener) : IPageListener
    {
        public void OnUpdate(Update update)
        {
            foreach (var heard in bus.Fate(update))
            {
                listener.OnUpdate(heard);
            }
        }

        public void OnInterrupted() => listener.OnInterrupted();
    }
}
