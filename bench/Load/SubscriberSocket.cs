using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>One subscriber: sends its request, then only reads.</summary>
internal sealed class SubscriberSocket(ClientSocket socket, int page) : IDisposable
{
    private ResponseReader _response;
    private MarkerReader _markers;

    public int Page => page;

    /// <summary>Whether the server has begun its answer.</summary>
    public bool IsOpen => _response.Status != 0;

    /// <summary>Updates read, and the sum of their numbers.</summary>
    public long Updates { get; private set; }

    public long NumberSum { get; private set; }

    public void Request(ReadOnlySpan<byte> request) => socket.Send(request);

    public void OnWritable() => socket.OnWritable();

    /// <summary>Reads all there is.</summary>
    public void OnReadable(Span<byte> buffer, Ledger ledger)
    {
        int count;
        do
        {
            count = socket.Receive(buffer);
            if (count < 0)
            {
                return;
            }

            Read(buffer[..count], ledger);
        }
        while (count == buffer.Length);
    }

    public void Dispose() => socket.Dispose();

    private void Read(ReadOnlySpan<byte> received, Ledger ledger)
    {
        if (received.IsEmpty)
        {
            throw new BenchException("The server has closed an event stream.");
        }

        var now = Stopwatch.GetTimestamp();
        while (_response.TryReadBody(ref received, out var body))
        {
            while (_markers.TryRead(ref body, out var number))
            {
                Updates++;
                NumberSum += number;
                ledger.Deliver(number, now);
            }
        }

        if (_response.IsComplete || _response.Status is not (0 or 200))
        {
            throw new BenchException($"The server has refused or ended an event stream, with status {_response.Status}.");
        }
    }
}
