namespace LiveStreams.Core;

/// <summary>
/// Carries announcements from the process that writes a page to every process with subscribers of it. Announcements
/// may be lost, repeated and delayed. A listener compares sequences, and reads what is missing from
/// <see cref="IPageLog"/>.
/// </summary>
public interface IPageBus
{
    /// <summary>
    /// False when every announcement reaches every listener. Otherwise a listener must compare its head with the log's
    /// from time to time, because the newest announcement may be lost.
    /// </summary>
    bool IsLossy { get; }

    /// <summary>
    /// Subscribes a listener to a page. Announcements made after this returns reach <paramref name="listener"/>
    /// until the result is disposed. The disposal does not wait and does not fail.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The bus cannot be reached.</exception>
    ValueTask<IAsyncDisposable> SubscribeAsync(
        PageId page,
        IPageListener listener,
        CancellationToken cancellationToken);
}

/// <summary>
/// Receives a page's announcements, one at a time. Its methods must return at once and not throw: a bus may have one
/// thread for all pages.
/// </summary>
public interface IPageListener
{
    void OnUpdate(Update update);

    /// <summary>Announcements may have been lost. From now on, announcements are received again.</summary>
    void OnInterrupted();
}
