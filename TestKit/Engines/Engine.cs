using LiveStreams.Core;
using LiveStreams.Core.Posts;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.TestKit.Engines;

/// <summary>One engine under test with what it was given.</summary>
public sealed record Engine(
    IPageLog Log, IPageBus Bus, FakeTimeProvider Time, HistoryOptions History, PostOptions Posts) : IDisposable
{
    /// <summary>What else must be disposed.</summary>
    public IDisposable? Connection { get; init; }

    /// <summary>Bounds that a test reaches; it may change them as it goes.</summary>
    public static PostOptions NewPostOptions() => new() { MaxPosts = 5, MaxPageBytes = 1000 };

    public void Dispose()
    {
        (Log as IDisposable)?.Dispose();
        Connection?.Dispose();
    }
}
