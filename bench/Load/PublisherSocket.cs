using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>
/// A publisher on a persistent connection: it sends an update, reads the response, then sends the next.
/// </summary>
internal sealed class PublisherSocket(ClientSocket socket) : IDisposable
{
    private ResponseReader _response;

    /// <summary>Whether it waits for no response.</summary>
    public bool IsFree { get; private set; } = true;

    public void Publish(ReadOnlySpan<byte> request)
    {
        IsFree = false;
        socket.Send(request);
    }

    public void OnWritable() => socket.OnWritable();

    public void OnReadable(Span<byte> buffer, DeliveryTracker tracker)
    {
        var count = socket.Receive(buffer);
        if (count < 0)
        {
            return;
        }

        if (count == 0)
        {
            throw new BenchException("The server closed a publisher's connection.");
        }

        ReadOnlySpan<byte> received = buffer[..count];
        while (_response.TryReadBody(ref received, out _))
        {
        }

        if (!_response.IsComplete)
        {
            return;
        }

        if (_response.Status is < 200 or > 299)
        {
            throw new BenchException($"A publish failed with status {_response.Status}.");
        }

        _response = default;
        IsFree = true;
        tracker.RecordResponse(Stopwatch.GetTimestamp());
    }

    public void Dispose() => socket.Dispose();
}
