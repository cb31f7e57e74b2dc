using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How many updates a second one publisher may publish, and one page may receive. An update that is refused because of
/// its page counts for its publisher, so that a publisher that is too fast for a page cannot retry for free.
/// </summary>
internal sealed class PublishRateLimiter : IDisposable
{
    private static readonly TimeSpan _sweepPeriod = TimeSpan.FromSeconds(1);

    private readonly LimitOptions _limits;
    private readonly KeyedRateLimiter<Publisher> _publishers;
    private readonly KeyedRateLimiter<PageId> _pages;
    private readonly ITimer _sweepTimer;

    public PublishRateLimiter(LimitOptions limits, TimeProvider time)
    {
        _limits = limits;
        _publishers = new(limits.PublishesPerSecond, limits.PublishBurst);
        _pages = new(limits.PublishesPerSecondPerPage, limits.PublishBurstPerPage);
        _sweepTimer = time.CreateTimer(_ => RemoveIdle(), null, _sweepPeriod, _sweepPeriod);
    }

    /// <summary>Counts one update of any kind; false when it is one too many.</summary>
    public bool TryAcquire(Publisher publisher, PageId page, [NotNullWhen(false)] out Refusal? refusal) =>
        TryAcquire(publisher, out refusal) && TryAcquire(page, out refusal);

    /// <summary>Counts one update for its publisher alone: an invalid update costs work too.</summary>
    public bool TryAcquire(Publisher publisher, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _publishers.TryAcquire(publisher)
            ? null
            : new(Problem.PublisherRate, $"One publisher may publish {_limits.PublishesPerSecond} updates a second.");
        return refusal is null;
    }

    /// <summary>Counts one update for its page alone.</summary>
    public bool TryAcquire(PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _pages.TryAcquire(page)
            ? null
            : new(Problem.PageRate, $"One page may receive {_limits.PublishesPerSecondPerPage} updates a second.");
        return refusal is null;
    }

    public void Dispose() => _sweepTimer.Dispose();

    private void RemoveIdle()
    {
        _publishers.RemoveIdle();
        _pages.RemoveIdle();
    }
}
