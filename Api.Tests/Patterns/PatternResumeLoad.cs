using System.Collections.Concurrent;
using System.Diagnostics;
using LiveStreams.Api.Tests.Subscribe;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>
/// The load on more and more pages, followed by one pattern: what comes again was published shortly before the
/// subscriber left.
/// </summary>
internal sealed class PatternResumeLoad(DisturbedEngine engine) : ResumeLoad(engine)
{
    private const int FirstPages = 20;
    private const int MaxPages = 400;
    private const int PublishesPerPage = 10;

    /// <summary>What a resume may repeat (docs/protocol.md), and 1 s for the test's own clock.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(25 + 1);

    private readonly ConcurrentDictionary<(string Page, long Sequence), TimeSpan> _publishedAt = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _leftAt;
    private int _count;
    private int _repeats;
    private TimeSpan _oldestRepeat;

    protected override int Reconnects => 100;

    // What was published in 25 s comes again with each resume.
    protected override TimeSpan PublishPeriod => TimeSpan.FromMilliseconds(100);

    public override async Task RunAsync()
    {
        await base.RunAsync();
        Assert.NotEqual(0, _repeats);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{PublishedCount} updates of {PageCount} pages, {_repeats} repeated in {Reconnects} resumes, the oldest "
            + $"after {_oldestRepeat.TotalSeconds:0.0} s; {EndedByServer} streams were ended by the server");
    }

    protected override Task<EventStream> OpenAsync(ApiClient subscriber, string? position)
    {
        _leftAt = _clock.Elapsed;
        return subscriber.SubscribeToPatternAsync("load:*", position);
    }

    protected override string NextPage()
    {
        var pages = Math.Min(MaxPages, FirstPages + (Interlocked.Increment(ref _count) / PublishesPerPage));
        return $"load:{Random.Shared.Next(pages)}";
    }

    protected override void OnPublished(string page, long sequence) =>
        _publishedAt[(page, sequence)] = _clock.Elapsed;

    protected override void OnRepeated(PageEvent update, string first)
    {
        Assert.Equal(first, update.Data);
        _repeats++;
        if (_publishedAt.TryGetValue((update.Page, ApiClient.SequenceOf(update.Id!)), out var publishedAt))
        {
            var age = _leftAt - publishedAt;
            Assert.InRange(age, TimeSpan.MinValue, _bound);
            _oldestRepeat = age > _oldestRepeat ? age : _oldestRepeat;
        }
    }
}
