namespace LiveStreams.Core;

/// <summary>
/// Carries announcements from wherever a page is written to every process that watches it. Delivery is at most once: it may
/// drop, repeat and delay, so a listener compares sequences and reads what it missed from <see cref="IPageLog"/>.
/// </summary>
public interface IPageBus
{
    /// <summary>Announcements made after this returns reach <paramref name="listener"/>, until the result is disposed.</summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(PageId page, IPageListener listener, CancellationToken cancellationToken);
}
