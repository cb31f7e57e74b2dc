namespace LiveStreams.Api.Limits;

/// <summary>One event stream's seat; disposed once, when the stream has ended.</summary>
internal sealed class StreamSeat(StreamSeats seats, ClientAddress address) : IDisposable
{
    public void Dispose() => seats.Free(address);
}
