using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How many updates a second one publisher may publish, and one page may receive. An update that is refused because of
/// its page counts for its publisher, so that a publisher that is too fast for a page cannot retry for free.
/// </summary>
/// <remarks>
/// One publisher may use up a page's rate. So each publisher has a share of it (<see cref="Share"/>), which the others
/// cannot use up: within its share it may overdraw the page's rate, at the cost of the next updates of all. Shares are
/// counted only while the page's rate is used up.
/// </remarks>
internal sealed class PublishRateLimiter : IDisposable
{
    /// <summary>A publisher's share: this part of the page's rate, and at least one update a second.</summary>
    private const int Share = 10;

    /// <summary>How far all publishers together may overdraw: this part of the page's rate, and at least one.</summary>
    private const int Overdraft = 2;

    private readonly LimitOptions _limits;
    private readonly KeyedRateLimiter<Publisher> _publishers;
    private readonly KeyedRateLimiter<PageId> _pages;
    private readonly KeyedRateLimiter<(PageId Page, Publisher Publisher)> _shares;

    public PublishRateLimiter(LimitOptions limits, TimeProvider time)
    {
        _limits = limits;
        var pageRate = limits.PublishesPerSecondPerPage;
        _publishers = new(limits.PublishesPerSecond, limits.PublishBurst, time);
        _pages = new(pageRate, limits.PublishBurstPerPage, time, overdraft: Math.Max(pageRate / Overdraft, 1));
        _shares = new(Math.Max(pageRate / Share, 1), burst: null, time);
    }

    /// <summary>Counts one update of any kind; false when it is one too many.</summary>
    public bool TryAcquire(Publisher publisher, PageId page, [NotNullWhen(false)] out Refusal? refusal) =>
        TryAcquire(publisher, out refusal) && TryAcquireOnPage(publisher, page, out refusal);

    /// <summary>Counts one update for its publisher alone: an invalid update costs work too.</summary>
    public bool TryAcquire(Publisher publisher, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _publishers.TryAcquire(publisher)
            ? null
            : new(Problem.PublisherRate, $"One publisher may publish {_limits.PublishesPerSecond} updates a second.");
        return refusal is null;
    }

    /// <summary>Whether one more update may be counted for its page. Counts none.</summary>
    public bool MayAcquireOnPage(Publisher publisher, PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _pages.HasToken(page) || (_shares.HasToken((page, publisher)) && _pages.MayOverdraw(page))
            ? null
            : PageRefusal();
        return refusal is null;
    }

    /// <summary>Counts one update for its page alone.</summary>
    public bool TryAcquireOnPage(Publisher publisher, PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = _pages.TryAcquire(page) || (_shares.TryAcquire((page, publisher)) && _pages.TryOverdraw(page))
            ? null
            : PageRefusal();
        return refusal is null;
    }

    public void Dispose()
    {
        _publishers.Dispose();
        _pages.Dispose();
        _shares.Dispose();
    }

    private Refusal PageRefusal() =>
        new(Problem.PageRate, $"One page may receive {_limits.PublishesPerSecondPerPage} updates a second.");
}
