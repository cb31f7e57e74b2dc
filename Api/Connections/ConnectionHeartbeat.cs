using Microsoft.AspNetCore.Connections.Features;

namespace LiveStreams.Api.Connections;

/// <summary>Kestrel's once-a-second tick of a connection, which would hold on to the HTTP side for as long as the connection lives.</summary>
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
