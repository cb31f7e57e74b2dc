using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>A subscriber: it sends its request, then only reads.</summary>
internal sealed class SubscriberSocket(ClientSocket socket, int page) : IDisposable
{
    private ResponseReader _response;
    private MarkerReader _markers;

    public int Page => page;

    /// <summary>Whether the headers of the response have been read.</summary>
    public bool IsOpen => _response.Status != 0;

    /// <summary>Updates read.</summary>
    public long Updates { get; private set; }

    /// <summary>The sum of the numbers of the updates read.</summary>
    public long NumberSum { get; private set; }

    public void SendRequest(ReadOnlySpan<byte> request) => socket.Send(request);

    public void OnWritable() => socket.OnWritable();

    /// <summary>Reads everything that has been received.</summary>
    public void OnReadable(Span<byte> buffer, DeliveryTracker tracker)
    {
        int count;
        do
        {
            count = socket.Receive(buffer);
            if (count < 0)
            {
                return;
            }

            Read(buffer[..count], tracker);
        }
        while (count == buffer.Length);
    }

    public void Dispose() => socket.Dispose();

    private void Read(ReadOnlySpan<byte> received, DeliveryTracker tracker)
    {
        if (received.IsEmpty)
        {
            throw new BenchException("The server closed an event stream.");
        }

        var now = Stopwatch.GetTimestamp();
        while (_response.TryReadBody(ref received, out var body))
        {
            while (_markers.TryRead(ref body, out var number))
            {
                Updates++;
                NumberSum += number;
                tracker.RecordDelivery(number, now);
            }
        }

        if (_response.IsComplete || _response.Status is not (0 or 200))
        {
            throw new BenchException($"The server refused or ended an event stream with status {_response.Status}.");
        }
    }
}
