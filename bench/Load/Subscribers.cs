using System.Text;
using LiveStreams.Bench.Native;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>All subscribers of one run, spread over the pages in turn. Their sockets' tokens are 0, 1, 2, …</summary>
internal sealed class Subscribers : IDisposable
{
    private const int ConnectBatchSize = 64;
    private readonly Epoll _epoll;
    private readonly int _port;
    private readonly byte[][] _requests;
    private readonly SubscriberSocket[] _sockets;
    private int _started;

    public Subscribers(Epoll epoll, Server server, LoadShape shape)
    {
        (_epoll, _port) = (epoll, server.Port);
        _sockets = new SubscriberSocket[shape.Subscribers];
        _requests = shape.FollowsAllPages
            ? [CreateRequest(server.SubscribeToAllPath(shape.Pages), shape.LastEventId)]
            : [
                .. from page in Enumerable.Range(0, shape.Pages)
                   select CreateRequest(server.SubscribePath(page), shape.LastEventId),
            ];
    }

    public int Count => _sockets.Length;

    /// <summary>Subscribers that have read the headers of their response.</summary>
    public int Open { get; private set; }

    /// <summary>Whether another stream may be opened while at most this many wait for their headers.</summary>
    public bool CanConnect(int maxPending) => _started < _sockets.Length && _started - Open < maxPending;

    /// <summary>Opens the next few streams; the loop should read between two calls.</summary>
    public void ConnectSome(int maxPending)
    {
        for (var i = 0; i < ConnectBatchSize && CanConnect(maxPending); i++)
        {
            var page = _started % _requests.Length;
            var socket = new SubscriberSocket(new ClientSocket(_epoll, _port, _started), page);
            _sockets[_started++] = socket;
            socket.SendRequest(_requests[page]);
        }
    }

    public void OnReady(int token, bool isWritable, Span<byte> buffer, DeliveryTracker tracker)
    {
        var socket = _sockets[token];
        if (isWritable)
        {
            socket.OnWritable();
        }

        var wasOpen = socket.IsOpen;
        socket.OnReadable(buffer, tracker);
        if (!wasOpen && socket.IsOpen)
        {
            Open++;
        }
    }

    /// <exception cref="BenchException">A subscriber missed an update or received one twice.</exception>
    public void ThrowUnlessEachHasAll(DeliveryTracker tracker)
    {
        var failed = _sockets.Count(
            socket => !tracker.HasReceivedAll(socket.Page, socket.Updates, socket.NumberSum));
        if (failed > 0)
        {
            throw new BenchException($"{failed:N0} subscribers did not receive every update exactly once.");
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Take(_started))
        {
            socket.Dispose();
        }
    }

    private static byte[] CreateRequest(string path, string? lastEventId)
    {
        var resume = lastEventId is null ? "" : $"Last-Event-ID: {lastEventId}\r\n";
        return Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{resume}\r\n");
    }
}
