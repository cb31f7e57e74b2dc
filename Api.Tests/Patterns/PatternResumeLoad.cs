using System.Collections.Concurrent;
using System.Diagnostics;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>
/// Publishers that write to pages of a pattern, and to more and more of them, until they are stopped; and one
/// subscriber of the pattern that reconnects at random moments.
/// </summary>
internal sealed class PatternResumeLoad(IReadOnlyList<ApiClient> publishers, ApiClient subscriber)
{
    private const int Publishers = 16;
    private const int Reconnects = 100;
    private const int FirstPages = 20;
    private const int MaxPages = 400;
    private static readonly TimeSpan _publishPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _disturbPeriod = TimeSpan.FromSeconds(1);

    /// <summary>What a resume may repeat (docs/protocol.md), and 1 s for the test's own clock.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(25 + 1);

    private readonly ConcurrentDictionary<(string Page, long Sequence), (string Data, long At)> _published = new();
    private readonly Dictionary<string, List<string>> _received = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _count;
    private int _stopped;
    private int _repeats;

    /// <summary>The most updates that the subscriber waits for before it leaves.</summary>
    public int MaxNewPerStream { get; init; } = 20;

    /// <summary>Is called every second with a running number.</summary>
    public Func<int, Task> Disturb { get; init; } = _ => Task.CompletedTask;

    private bool HasAll => Volatile.Read(ref _stopped) == 1
        && _published.Count == _received.Values.Sum(updates => updates.Count);

    public async Task RunAsync()
    {
        var position = await ReadAsync(position: null, events: 0);
        var publishing = Enumerable.Range(0, Publishers).Select(PublishAsync).ToArray();
        var disturbing = DisturbAsync();
        for (var n = 0; n < Reconnects; n++)
        {
            position = await ReadAsync(position, Random.Shared.Next(MaxNewPerStream));
        }

        Volatile.Write(ref _stopped, 1);
        await Task.WhenAll([.. publishing, disturbing]).WaitAsync(TimeSpan.FromMinutes(1));
        while (!HasAll)
        {
            position = await ReadAsync(position, MaxNewPerStream);
        }

        foreach (var (page, received) in _received)
        {
            Assert.Equal(
                _published.Where(update => update.Key.Page == page)
                    .OrderBy(update => update.Key.Sequence)
                    .Select(update => update.Value.Data),
                received);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{_published.Count} updates of {_received.Count} pages, {_repeats} repeated in {Reconnects} resumes");
    }

    // Returns the position after so many new events, or fewer if all have been read, or the server ends the stream, as
    // it does when it cannot reach its store.
    private async Task<string> ReadAsync(string? position, int events)
    {
        var leftAt = _clock.ElapsedMilliseconds;
        await using var stream = await subscriber.SubscribeToPatternAsync("load:*", position);
        position ??= stream.StartedFrom;
        while (events > 0 && !HasAll && await stream.NextOrEndAsync() is { } item)
        {
            var update = PageEvent.Parse(item);
            Assert.Null(update.Event);
            Assert.StartsWith("load:", update.Page, StringComparison.Ordinal);
            events -= IsNew(update, leftAt) ? 1 : 0;
            position = stream.LastEventId;
        }

        return position;
    }

    // What comes again comes in order too, and was published shortly before.
    private bool IsNew(PageEvent update, long leftAt)
    {
        if (!_received.TryGetValue(update.Page, out var received))
        {
            _received[update.Page] = received = [];
        }

        var sequence = ApiClient.SequenceOf(update.Id!);
        if (sequence > received.Count)
        {
            received.Add(update.Data);
            Assert.Equal(received.Count, sequence);
            return true;
        }

        _repeats++;
        Assert.Equal(received[(int)sequence - 1], update.Data);
        var age = leftAt - (_published.TryGetValue((update.Page, sequence), out var known) ? known.At : leftAt);
        Assert.InRange(age, long.MinValue, (long)_bound.TotalMilliseconds);
        return false;
    }

    private async Task PublishAsync(int publisher)
    {
        var client = publishers[publisher % publishers.Count];
        using var timer = new PeriodicTimer(_publishPeriod, TimeProvider.System);
        for (var n = 0; Volatile.Read(ref _stopped) == 0; n++)
        {
            var pages = Math.Min(MaxPages, FirstPages + (Interlocked.Increment(ref _count) / 10));
            var page = Random.Shared.Next(pages);
            var data = $"{publisher} {n}";
            var id = await client.PublishUntilAnsweredAsync($"load:{page}", data, key: data);
            var isAdded = _published.TryAdd(
                ($"load:{page}", ApiClient.SequenceOf(id)), (data, _clock.ElapsedMilliseconds));
            Assert.True(isAdded);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task DisturbAsync()
    {
        using var timer = new PeriodicTimer(_disturbPeriod, TimeProvider.System);
        for (var n = 0; Volatile.Read(ref _stopped) == 0; n++)
        {
            await Disturb(n);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
