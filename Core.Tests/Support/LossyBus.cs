namespace LiveStreams.Core.Tests.Support;

/// <summary>A bus between an engine's bus and its listeners that a test makes lose, repeat and hold back announcements.</summary>
internal sealed class LossyBus(IPageBus bus) : IPageBus
{
    /// <summary>What the listeners hear in place of an announcement.</summary>
    public Func<Update, IEnumerable<Update>> Fate { get; set; } = update => [update];

    public ValueTask<IAsyncDisposable> SubscribeAsync(PageId page, IPageListener listener, CancellationToken cancellationToken) =>
        bus.SubscribeAsync(page, new Listener(this, listener), cancellationToken);

    private sealed class Listener(LossyBus bus, IPageListener listener) : IPageListener
    {
        public void OnUpdate(Update update)
        {
            foreach (var heard in bus.Fate(update))
            {
                listener.OnUpdate(heard);
            }
        }
    }
}
