using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public sealed class RecordingListener(Action<Update>? onUpdate = null) : IPageListener
{
    private readonly ConcurrentQueue<Update> _heard = new();

    private int _interruptions;

    public int Interruptions => Volatile.Read(ref _interruptions);

    public IReadOnlyList<Update> Received => [.. _heard];

    /// <summary>Waits until as many updates as these have come; they are these.</summary>
    public async Task HeardAsync(params string[] texts)
    {
        await Wait.UntilAsync(() => _heard.Count >= texts.Length, $"announcements: {string.Join(", ", texts)}");
        Assert.Equal(texts, Received.Select(update => update.Text()));
    }

    public void OnUpdate(Update update)
    {
        _heard.Enqueue(update);
        onUpdate?.Invoke(update);
    }

    public void OnInterrupted() => Interlocked.Increment(ref _interruptions);
}
