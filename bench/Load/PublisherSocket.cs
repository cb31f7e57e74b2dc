using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>One publisher on a connection that it keeps: sends an update, reads the answer, then the next.</summary>
internal sealed class PublisherSocket(ClientSocket socket) : IDisposable
{
    private ResponseReader _response;

    /// <summary>Whether it waits for no answer.</summary>
    public bool IsFree { get; private set; } = true;

    public void Publish(ReadOnlySpan<byte> request)
    {
        IsFree = false;
        socket.Send(request);
    }

    public void OnWritable() => socket.OnWritable();

    public void OnReadable(Span<byte> buffer, Ledger ledger)
    {
        var count = socket.Receive(buffer);
        if (count < 0)
        {
            return;
        }

        if (count == 0)
        {
            throw new BenchException("The server has closed a publisher's connection.");
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
            throw new BenchException($"A publish was answered with status {_response.Status}.");
        }

        _response = default;
        IsFree = true;
        ledger.Answer(Stopwatch.GetTimestamp());
    }

    public void Dispose() => socket.Dispose();
}
