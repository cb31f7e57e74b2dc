namespace LiveStreams.Core;

/// <summary>
/// Carries announcements from wherever a page is written to every process that watches it. Delivery is at most once: it may
/// drop, repeat and delay, so a listener compares sequences and reads what it missed from <see cref="IPageLog"/>.
/// </summary>
public interface IPageBus
{
    /// <summary>False when every announcement reaches every listener, so that nobody needs to compare its head with the log's now and then.</summary>
    bool IsLossy { get; }

    /// <summary>Announcements made after this returns reach <paramref name="listener"/>, until the result is disposed, which does not wait and does not fail.</summary>
    /// <exception cref="StoreUnavailableException">The bus cannot be reached.</exception>
    ValueTask<IAsyncDisposable> SubscribeAsync(PageId page, IPageListener listener, CancellationToken cancellationToken);
}
