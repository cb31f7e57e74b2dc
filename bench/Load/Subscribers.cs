using System.Text;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>All subscribers of one run, who watch the pages in turn. Their sockets' tokens are 0, 1, 2, …</summary>
internal sealed class Subscribers : IDisposable
{
    private const int DialledAtOnce = 64;
    private readonly Epoll _epoll;
    private readonly int _port;
    private readonly byte[][] _requests;
    private readonly SubscriberSocket[] _sockets;
    private int _dialled;

    public Subscribers(Epoll epoll, Server server, LoadShape shape)
    {
        (_epoll, _port) = (epoll, server.Port);
        _sockets = new SubscriberSocket[shape.Subscribers];
        _requests = [.. Enumerable.Range(0, shape.Pages).Select(page => Request(server.SubscribePath(page), shape.LastEventId))];
    }

    public int Count => _sockets.Length;

    /// <summary>Those whose server has begun its answer.</summary>
    public int Open { get; private set; }

    /// <summary>Whether another may be opened while no more than so many are without an answer.</summary>
    public bool MayDial(int maxUnanswered) => _dialled < _sockets.Length && _dialled - Open < maxUnanswered;

    /// <summary>Opens the next few; the loop should read between two calls.</summary>
    public void DialSome(int maxUnanswered)
    {
        for (var i = 0; i < DialledAtOnce && MayDial(maxUnanswered); i++)
        {
            var page = _dialled % _requests.Length;
            var socket = new SubscriberSocket(new ClientSocket(_epoll, _port, _dialled), page);
            _sockets[_dialled++] = socket;
            socket.Request(_requests[page]);
        }
    }

    public void Serve(int token, bool isWritable, Span<byte> buffer, Ledger ledger)
    {
        var socket = _sockets[token];
        if (isWritable)
        {
            socket.OnWritable();
        }

        var wasOpen = socket.IsOpen;
        socket.OnReadable(buffer, ledger);
        if (!wasOpen && socket.IsOpen)
        {
            Open++;
        }
    }

    public void CheckEachHasAll(Ledger ledger)
    {
        var wrong = _sockets.Count(socket => !ledger.IsAll(socket.Page, socket.Updates, socket.NumberSum));
        if (wrong > 0)
        {
            throw new BenchException($"{wrong:N0} subscribers have not had every update exactly once.");
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Take(_dialled))
        {
            socket.Dispose();
        }
    }

    private static byte[] Request(string path, string? lastEventId) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{(lastEventId is null ? "" : $"Last-Event-ID: {lastEventId}\r\n")}\r\n");
}
