namespace LiveStreams.Core.Tests.Support;

/// <summary>
/// A bus between the bus of an engine and its listeners. A test makes it lose, repeat and delay announcements.
/// </summary>
internal sealed class LossyBus(IPageBus bus) : IPageBus
{
    private event Action? Interrupted;

    public bool IsLossy { get; init; }

    /// <summary>The updates that listeners receive in place of an announced one.</summary>
    public Func<Update, IEnumerable<Update>> Deliver { get; set; } = update => [update];

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        PageId page, IPageListener listener, CancellationToken cancellationToken)
    {
        Interrupted += listener.OnInterrupted;
        return bus.SubscribeAsync(page, new Listener(this, listener), cancellationToken);
    }

    /// <summary>Notifies the listeners that something may have been lost.</summary>
    public void Interrupt() => Interrupted?.Invoke();

    private sealed class Listener(LossyBus bus, IPageListener listener) : IPageListener
    {
        public void OnUpdate(Update update)
        {
            foreach (var delivered in bus.Deliver(update))
            {
                listener.OnUpdate(delivered);
            }
        }

        public void OnInterrupted() => listener.OnInterrupted();
    }
}
