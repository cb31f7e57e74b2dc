using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.Core.Posts;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.TestKit.Engines;

/// <summary>An engine under test, its clock and its options.</summary>
public sealed record Engine(
    IPageLog Log, IPageBus Bus, FakeTimeProvider Time, HistoryOptions History, PostOptions Posts) : IDisposable
{
    /// <summary>The index of the log's pages.</summary>
    public required IPageIndex Index { get; init; }

    /// <summary>What must be disposed besides the log.</summary>
    public IDisposable? Connection { get; init; }

    /// <summary>Limits that are low enough for a test to reach. A test may change them at any time.</summary>
    public static PostOptions NewPostOptions() => new() { MaxPosts = 5, MaxPageBytes = 1000 };

    public void Dispose()
    {
        (Bus as IDisposable)?.Dispose();
        (Log as IDisposable)?.Dispose();
        Connection?.Dispose();
    }
}
