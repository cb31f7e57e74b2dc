using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How fast may be published: by one publisher, and to one page. What is refused for the page has counted for the publisher, so that one who is too fast for a page
/// is not free to go on asking.
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

    /// <summary>Counts one update, of whatever kind; false, with what to answer, when it is one too many.</summary>
    public bool TryTake(Publisher publisher, PageId page, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error) =>
        TryTake(publisher, out problem, out error) && TryTake(page, out problem, out error);

    /// <summary>Counts it for its publisher alone: also one that turns out to be wrong is work.</summary>
    public bool TryTake(Publisher publisher, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        var isTaken = _publishers.TryTake(publisher);
        problem = isTaken ? null : Problem.PublisherRate;
        error = isTaken ? null : $"One publisher may publish {_limits.PublishesPerSecond} updates a second.";
        return isTaken;
    }

    /// <summary>Counts it for its page alone.</summary>
    public bool TryTake(PageId page, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        var isTaken = _pages.TryTake(page);
        problem = isTaken ? null : Problem.PageRate;
        error = isTaken ? null : $"One page may get {_limits.PublishesPerSecondPerPage} updates a second.";
        return isTaken;
    }

    public void Dispose() => _sweepTimer.Dispose();

    // Forgets who has been slow enough for long enough.
    private void RemoveIdle()
    {
        _publishers.DropFull();
        _pages.DropFull();
    }
}
