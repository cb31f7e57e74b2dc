using LiveStreams.Core.Listing;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Asks the index once a second which pages are new, for all streams of the process that follow pages by patterns. It
/// stops asking when the last of them has left.
/// </summary>
public sealed class PatternWatcher(IPageIndex index, FeedRegistry feeds, TimeProvider time) : IDisposable
{
    /// <summary>How often it asks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly PatternFollowers _followers = feeds.Followers;

    // Held while the index is asked, so that a stream that is added misses no page between two of its cursors.
    private readonly SemaphoreSlim _turn = new(1);
    private string? _cursor;

    /// <summary>
    /// Adds a stream. It is offered all pages that match its patterns and are born from now on; the caller then lists
    /// those that exist. It is removed when it is disposed.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask AddAsync(Subscriber subscriber, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_cursor is null)
            {
                var now = feeds.Clock.UnixSeconds;
                _cursor = (await index.ReadBornAsync(cursor: null, cancellationToken).ConfigureAwait(false)).Cursor;
                _followers.CompleteUntil = now;
            }

            _followers.Add(subscriber);
            if (feeds.IsDraining)
            {
                subscriber.EndGracefully(StreamEnd.Stopping);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            await PollAsync(stopping).ConfigureAwait(false);
        }
    }

    public void Dispose() => _turn.Dispose();

    internal async Task PollAsync(CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            if (_followers.Any)
            {
                await OfferAsync(stopping).ConfigureAwait(false);
            }
            else
            {
                _cursor = null;
            }
        }
        catch (StoreUnavailableException)
        {
            // The next poll continues from the same cursor.
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task OfferAsync(CancellationToken stopping)
    {
        BornPages born;
        do
        {
            var now = feeds.Clock.UnixSeconds;
            born = await index.ReadBornAsync(_cursor, stopping).ConfigureAwait(false);
            _cursor = born.Cursor;
            if (born.IsGap)
            {
                // Nobody knows which pages were born. The streams return, and list.
                _followers.End();
            }

            _followers.Offer(born.Pages);
            _followers.CompleteUntil = now;
        }
        while (born.Pages.Count == IPageIndex.MaxPages);
    }
}
