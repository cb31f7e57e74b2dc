namespace LiveStreams.Api.Limits;

/// <summary>One event stream's lease; disposed once, when the stream has ended.</summary>
internal sealed class StreamLease(StreamLimiter limiter, ClientAddress address) : IDisposable
{
    public void Dispose() => limiter.Free(address);
}
