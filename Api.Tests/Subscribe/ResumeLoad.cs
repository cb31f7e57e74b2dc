using System.Collections.Concurrent;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// 16 publishers that write until they are stopped, and one subscriber that reconnects at random moments and in the end
/// has every update of each page, in order.
/// </summary>
internal abstract class ResumeLoad(DisturbedEngine engine)
{
    private const int Publishers = 16;
    private static readonly TimeSpan _disturbPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Page, long Sequence), string> _published = new();
    private readonly Dictionary<string, List<string>> _received = [];
    private int _stopped;
    private int _resumes;
    private int _endedByServer;

    /// <summary>The most updates that the subscriber waits for before it leaves.</summary>
    public int MaxUpdatesPerStream { get; init; } = 60;

    protected abstract int Reconnects { get; }

    /// <summary>How long each publisher takes for an update at least.</summary>
    protected virtual TimeSpan PublishPeriod => TimeSpan.FromMilliseconds(1);

    /// <summary>Streams that the server ended, as it does when it cannot reach its store. They do not count.</summary>
    protected int EndedByServer => _endedByServer;

    protected int PublishedCount => _published.Count;

    protected int PageCount => _received.Count;

    private bool IsStopped => Volatile.Read(ref _stopped) == 1;

    private bool HasAll => IsStopped && _published.Count == _received.Values.Sum(updates => updates.Count);

    public virtual async Task RunAsync()
    {
        var position = await ReadAsync(position: null, updates: 0);
        var publishing = Enumerable.Range(0, Publishers).Select(PublishAsync).ToArray();
        var disturbing = DisturbAsync();
        while (_resumes < Reconnects)
        {
            position = await ReadAsync(position, Random.Shared.Next(MaxUpdatesPerStream));
        }

        Volatile.Write(ref _stopped, 1);
        await Task.WhenAll([.. publishing, disturbing]).WaitAsync(TimeSpan.FromMinutes(1));
        while (!HasAll)
        {
            position = await ReadAsync(position, MaxUpdatesPerStream);
        }

        Assert.All(_published.GroupBy(update => update.Key.Page), page => Assert.Equal(
            page.OrderBy(update => update.Key.Sequence).Select(update => update.Value),
            _received.GetValueOrDefault(page.Key, [])));
    }

    /// <summary>Opens the stream, at a position unless it is the first.</summary>
    protected abstract Task<EventStream> OpenAsync(ApiClient subscriber, string? position);

    /// <summary>The page that a publisher writes to next.</summary>
    protected abstract string NextPage();

    /// <summary>Is called after each publish.</summary>
    protected virtual void OnPublished(string page, long sequence)
    {
    }

    /// <summary>Checks an update that was received before. Fails if it must not come again.</summary>
    protected abstract void OnRepeated(PageEvent update, string first);

    // Returns the position after so many new updates, or fewer if all have been read, or the server ends the stream.
    private async Task<string> ReadAsync(string? position, int updates)
    {
        await using var stream = await OpenAsync(engine.Subscriber, position);
        position ??= stream.StartedFrom;
        while (updates > 0 && !HasAll && await stream.NextOrEndAsync() is { } item)
        {
            updates -= IsNew(PageEvent.Parse(item)) ? 1 : 0;
            position = stream.LastEventId;
        }

        if (updates == 0)
        {
            _resumes++;
        }
        else if (!HasAll)
        {
            _endedByServer++;
        }

        return position;
    }

    private bool IsNew(PageEvent update)
    {
        Assert.Null(update.Event);
        if (!_received.TryGetValue(update.Page, out var received))
        {
            _received[update.Page] = received = [];
        }

        var sequence = ApiClient.SequenceOf(update.Id!);
        if (sequence <= received.Count)
        {
            OnRepeated(update, received[(int)sequence - 1]);
            return false;
        }

        received.Add(update.Data);
        Assert.Equal(received.Count, sequence);
        return true;
    }

    private async Task PublishAsync(int publisher)
    {
        var client = engine.Publishers[publisher % engine.Publishers.Count];
        using var timer = new PeriodicTimer(PublishPeriod, TimeProvider.System);
        for (var n = 0; !IsStopped; n++)
        {
            var (page, data) = (NextPage(), $"{publisher} {n}");
            var sequence = ApiClient.SequenceOf(await client.PublishUntilAnsweredAsync(page, data, key: data));
            Assert.True(_published.TryAdd((page, sequence), data));
            OnPublished(page, sequence);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task DisturbAsync()
    {
        using var timer = new PeriodicTimer(_disturbPeriod, TimeProvider.System);
        for (var n = 0; !IsStopped; n++)
        {
            await engine.DisturbAsync(n);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
