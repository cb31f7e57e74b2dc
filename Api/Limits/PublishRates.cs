using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Limits;

/// <summary>
/// How fast may be published: by one publisher, and to one page. What is refused for the page has counted for the publisher, so that one who is too fast for a page
/// is not free to go on asking.
/// </summary>
internal sealed class PublishRates : IDisposable
{
    private static readonly TimeSpan _tendPeriod = TimeSpan.FromSeconds(1);

    private readonly LimitOptions _limits;
    private readonly TokenBuckets<Publisher> _publishers;
    private readonly TokenBuckets<PageId> _pages;
    private readonly ITimer _tending;

    public PublishRates(LimitOptions limits, TimeProvider time)
    {
        _limits = limits;
        _publishers = new(limits.PublishesPerSecond, limits.PublishBurst);
        _pages = new(limits.PublishesPerSecondPerPage, limits.PublishBurstPerPage);
        _tending = time.CreateTimer(_ => Tend(), null, _tendPeriod, _tendPeriod);
    }

    /// <summary>Counts one update, of whatever kind; false, with what to answer, when it is one too many.</summary>
    public bool TryTake(Publisher publisher, PageId page, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? fault)
    {
        if (!_publishers.TryTake(publisher))
        {
            problem = Problem.PublisherRate;
            fault = $"One publisher may publish {_limits.PublishesPerSecond} updates a second.";
            return false;
        }

        if (!_pages.TryTake(page))
        {
            problem = Problem.PageRate;
            fault = $"One page may get {_limits.PublishesPerSecondPerPage} updates a second.";
            return false;
        }

        (problem, fault) = (null, null);
        return true;
    }

    public void Dispose() => _tending.Dispose();

    // Forgets who has been slow enough for long enough.
    private void Tend()
    {
        _publishers.DropFull();
        _pages.DropFull();
    }
}
