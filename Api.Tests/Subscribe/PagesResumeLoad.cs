using System.Collections.Concurrent;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// Publishers that write to 50 pages until they are stopped, and one subscriber of all of them that reconnects.
/// </summary>
internal sealed class PagesResumeLoad(IReadOnlyList<ApiClient> publishers, ApiClient subscriber)
{
    private const int Pages = 50;
    private const int Publishers = 16;
    private const int Reconnects = 200;
    private const int MaxEventsPerStream = 60;
    private static readonly TimeSpan _disturbPeriod = TimeSpan.FromSeconds(1);

    private readonly string[] _pages = [.. Enumerable.Range(0, Pages).Select(n => $"page {n}")];
    private readonly ConcurrentDictionary<(string Page, long Sequence), string> _published = new();
    private readonly Dictionary<string, List<string>> _received = [];
    private int _stopped;

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
            position = await ReadAsync(position, Random.Shared.Next(MaxEventsPerStream));
        }

        Volatile.Write(ref _stopped, 1);
        await Task.WhenAll([.. publishing, disturbing]).WaitAsync(TimeSpan.FromMinutes(1));
        while (!HasAll)
        {
            position = await ReadAsync(position, MaxEventsPerStream);
        }

        foreach (var page in _pages)
        {
            Assert.Equal(
                _published.Where(update => update.Key.Page == page)
                    .OrderBy(update => update.Key.Sequence)
                    .Select(update => update.Value),
                _received.GetValueOrDefault(page, []));
        }
    }

    // Returns the position after so many events, or fewer if all have been read, or the server ends the stream, as it
    // does when it cannot reach its store.
    private async Task<string> ReadAsync(string? position, int events)
    {
        await using var stream = await subscriber.SubscribeToPagesAsync(
            _pages, position, position is null ? "&from=earliest" : "");
        position ??= stream.StartedFrom;
        for (var n = 0; n < events && !HasAll && await stream.NextOrEndAsync() is { } item; n++)
        {
            var update = PageEvent.Parse(item);
            Assert.Null(update.Event);
            if (!_received.TryGetValue(update.Page, out var received))
            {
                _received[update.Page] = received = [];
            }

            received.Add(update.Data);
            Assert.Equal(received.Count, ApiClient.SequenceOf(update.Id!));
            position = stream.LastEventId;
        }

        return position;
    }

    private async Task PublishAsync(int publisher)
    {
        var client = publishers[publisher % publishers.Count];
        for (var n = 0; Volatile.Read(ref _stopped) == 0; n++)
        {
            var page = _pages[Random.Shared.Next(Pages)];
            var data = $"{publisher} {n}";
            var id = await client.PublishUntilAnsweredAsync(page, data, key: data);
            Assert.True(_published.TryAdd((page, ApiClient.SequenceOf(id)), data));
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
