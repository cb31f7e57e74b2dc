using System.Collections.Concurrent;
using System.Net.ServerSentEvents;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>A subscriber that reads for a while, disconnects, and later reconnects with its last event id.</summary>
internal sealed class ReconnectingSubscriber(
    ApiClient client, int page, ConcurrentDictionary<long, string> acknowledged, Random random)
{
    /// <summary>The server's ring holds this number of frames for each page.</summary>
    public const int RingFrames = 8;

    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _position;

    public int Page => page;

    public Task Joined => _joined.Task;

    public List<(long Sequence, string Data)> Received { get; } = [];

    public int ResumedInRing { get; private set; }

    public int ResumedFromHistory { get; private set; }

    public async Task WatchAsync(int updates)
    {
        while (Received.Count < updates)
        {
            // Waits until it has missed a few updates, which are still in the ring, or many, which are in the history.
            var missed = _position is null ? 0 : Math.Min(random.Next(3 * RingFrames), updates - Received.Count);
            await Wait.UntilAsync(
                () => Task.FromResult(acknowledged.Count - Received.Count >= missed), $"{missed} missed updates");
            try
            {
                await using var stream = await client.SubscribeAsync($"page {page}", _position);
                Count();
                await ReadAsync(stream, Math.Min(random.Next(1, 60), updates - Received.Count));
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                await Wait.PauseAsync();
            }
        }
    }

    private async Task ReadAsync(EventStream stream, int count)
    {
        _position ??= stream.StartedFrom;
        _joined.TrySetResult();
        for (var i = 0; i < count && await stream.NextOrEndAsync() is SseItem<string> item; i++)
        {
            Assert.Equal("message", item.EventType);
            _position = item.EventId!;
            Received.Add((ApiClient.SequenceOf(_position), item.Data));
        }
    }

    private void Count()
    {
        var missed = acknowledged.Count - Received.Count;
        ResumedInRing += missed is > 0 and <= RingFrames / 2 ? 1 : 0;
        ResumedFromHistory += missed > RingFrames ? 1 : 0;
    }
}
