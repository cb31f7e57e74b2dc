using Microsoft.AspNetCore.Connections.Features;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// Kestrel's once-a-second tick of a connection, which can be stopped. It works around Kestrel (.NET 10): a callback
/// cannot be removed, so the tick would hold the HTTP side in memory until the connection closes. A way to remove one
/// was proposed and not merged (https://github.com/aspnet/KestrelHttpServer/pull/1847). Remove this class once
/// <see cref="IConnectionHeartbeatFeature"/> has one.
/// </summary>
internal sealed class ConnectionHeartbeat(IConnectionHeartbeatFeature inner) : IConnectionHeartbeatFeature
{
    private Action? _tick;

    public void OnHeartbeat(Action<object> action, object state)
    {
        if (_tick is null)
        {
            inner.OnHeartbeat(static self => ((ConnectionHeartbeat)self)._tick?.Invoke(), this);
        }

        _tick += () => action(state);
    }

    public void Stop() => _tick = null;
}
