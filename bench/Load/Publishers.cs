using LiveStreams.Bench.Native;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>All publishers of one run. Together they publish to the pages in turn.</summary>
internal sealed class Publishers : IDisposable
{
    private readonly PublisherSocket[] _sockets;
    private readonly UpdateRequest[] _requests;

    /// <param name="epoll">Watches the connections.</param>
    /// <param name="server">The server to publish to.</param>
    /// <param name="shape">The number of publishers and pages.</param>
    /// <param name="firstToken">Token of the first publisher's socket; the others follow.</param>
    public Publishers(Epoll epoll, Server server, LoadShape shape, int firstToken)
    {
        var keyPrefix = shape.HasKeys ? Guid.NewGuid().ToString("N") : null;
        _requests =
        [
            .. from page in Enumerable.Range(0, shape.Pages)
               select new UpdateRequest(server.PublishPath(page), LoadShape.UpdateBytes, keyPrefix),
        ];
        _sockets =
        [
            .. from token in Enumerable.Range(firstToken, shape.Publishers)
               select new PublisherSocket(new ClientSocket(epoll, server.Port, token)),
        ];
    }

    /// <summary>
    /// Sends the updates that are due. Returns whether a publisher is free because no further update is due.
    /// </summary>
    public bool SendDue(IPacing pacing, DeliveryTracker tracker, TimeSpan elapsed)
    {
        foreach (var socket in _sockets)
        {
            if (!socket.IsFree)
            {
                continue;
            }

            if (!pacing.IsDue(tracker, elapsed))
            {
                return true;
            }

            var number = tracker.RecordSend();
            socket.Publish(_requests[number % _requests.Length].ForUpdate(number));
        }

        return false;
    }

    public void OnReady(int index, bool isWritable, Span<byte> buffer, DeliveryTracker tracker)
    {
        if (isWritable)
        {
            _sockets[index].OnWritable();
        }

        _sockets[index].OnReadable(buffer, tracker);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }
}
