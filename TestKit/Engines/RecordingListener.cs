using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

/// <summary>Records what it receives from the bus.</summary>
public sealed class RecordingListener(Action<Update>? onUpdate = null) : IPageListener
{
    private readonly ConcurrentQueue<Update> _received = new();

    private int _interruptions;

    public int Interruptions => Volatile.Read(ref _interruptions);

    public IReadOnlyList<Update> Received => [.. _received];

    /// <summary>Waits for as many updates as there are texts, and fails if they are others.</summary>
    public async Task AssertReceivedAsync(params string[] texts)
    {
        await Wait.UntilAsync(() => _received.Count >= texts.Length, $"announcements: {string.Join(", ", texts)}");
        Assert.Equal(texts, Received.Select(update => update.Text()));
    }

    public void OnUpdate(Update update)
    {
        _received.Enqueue(update);
        onUpdate?.Invoke(update);
    }

    public void OnInterrupted() => Interlocked.Increment(ref _interruptions);
}
