using System.Collections.Concurrent;

namespace LiveStreams.Core.Tests.Support;

internal sealed class RecordingListener(Action<Update>? onUpdate = null) : IPageListener
{
    private readonly ConcurrentQueue<Update> _heard = new();

    public IReadOnlyList<Update> Heard => [.. _heard];

    public void OnUpdate(Update update)
    {
        _heard.Enqueue(update);
        onUpdate?.Invoke(update);
    }
}
