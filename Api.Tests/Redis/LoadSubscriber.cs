namespace LiveStreams.Api.Tests.Redis;

/// <summary>An update of <see cref="RedisLoad"/>, which publishes no data twice.</summary>
internal readonly record struct LoadUpdate(long Sequence, string Data);

/// <summary>Reads a stream of <see cref="RedisLoad"/> until it receives the last update of its page.</summary>
internal sealed class LoadSubscriber : IAsyncDisposable
{
    public const string Last = "last";

    /// <summary>How long a stream may be without an event. It is silent while a replica takes over.</summary>
    private static readonly TimeSpan _maxSilence = TimeSpan.FromSeconds(40);

    private readonly EventStream _stream;
    private int _count;

    public LoadSubscriber(int page, EventStream stream)
    {
        (Page, _stream) = (page, stream);
        Reading = ReadAsync();
    }

    public int Page { get; }

    public List<LoadUpdate> Seen { get; } = [];

    /// <summary>The number of updates seen so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The number of events <c>reset</c>.</summary>
    public int Resets { get; private set; }

    /// <summary>Ends with the last update. Fails if the stream ends or is silent for too long.</summary>
    public Task Reading { get; }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task ReadAsync()
    {
        do
        {
            var item = await _stream.NextOrEndAsync(_maxSilence)
                ?? throw new InvalidOperationException($"A stream of page {Page} has ended.");
            if (item.EventType == "reset")
            {
                Resets++;
            }
            else
            {
                Assert.Equal("message", item.EventType);
                Seen.Add(new LoadUpdate(ApiClient.SequenceOf(item.EventId!), item.Data));
                Volatile.Write(ref _count, Seen.Count);
            }
        }
        while (Seen.Count == 0 || Seen[^1].Data != Last);
    }
}
