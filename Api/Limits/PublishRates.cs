using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How fast may be published: by one publisher, and to one page. What is refused for the page has counted for the publisher, so that one who is too fast for a page
/// is not free to go on asking.
/// </summary>
internal sealed class PublishRates(LimitOptions limits)
{
    private readonly TokenBuckets<Publisher> _publishers = new(limits.PublishesPerSecond, limits.PublishBurst ?? Math.Max(limits.PublishesPerSecond, 1));
    private readonly TokenBuckets<PageId> _pages = new(limits.PublishesPerSecondPerPage, limits.PublishBurstPerPage ?? Math.Max(limits.PublishesPerSecondPerPage, 1));

    /// <summary>Publishers and pages that are being counted.</summary>
    public int Count => _publishers.Count + _pages.Count;

    /// <summary>Counts one update, of whatever kind; false, with what to answer, when it is one too many.</summary>
    public bool TryTake(Publisher publisher, PageId page, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? fault)
    {
        if (!_publishers.TryTake(publisher))
        {
            problem = Problem.PublisherRate;
            fault = $"One publisher may publish {limits.PublishesPerSecond} updates a second.";
            return false;
        }

        if (!_pages.TryTake(page))
        {
            problem = Problem.PageRate;
            fault = $"One page may get {limits.PublishesPerSecondPerPage} updates a second.";
            return false;
        }

        (problem, fault) = (null, null);
        return true;
    }

    /// <summary>Forgets who has been slow enough for long enough; once a second.</summary>
    public void Tend()
    {
        _publishers.DropFull();
        _pages.DropFull();
    }
}
