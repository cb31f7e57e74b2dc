using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>All publishers of one run, each on a connection that it keeps; together they publish to the pages in turn.</summary>
internal sealed class Publishers : IDisposable
{
    private readonly PublisherSocket[] _sockets;
    private readonly UpdateRequest[] _requests;

    /// <param name="epoll">Where the connections are watched.</param>
    /// <param name="server">Whom to publish to.</param>
    /// <param name="shape">How many.</param>
    /// <param name="firstToken">Token of the first one's socket.</param>
    public Publishers(Epoll epoll, Server server, LoadShape shape, int firstToken)
    {
        var keyPrefix = shape.HasKeys ? Guid.NewGuid().ToString("N") : null;
        _requests = [.. Enumerable.Range(0, shape.Pages).Select(page => new UpdateRequest(server.PublishPath(page), LoadShape.UpdateBytes, keyPrefix))];
        _sockets = [.. Enumerable.Range(firstToken, shape.Publishers).Select(token => new PublisherSocket(new ClientSocket(epoll, server.Port, token)))];
    }

    /// <summary>Sends what is due; true when a publisher is left that could send more.</summary>
    public bool SendDue(IPacing pacing, Ledger ledger, TimeSpan elapsed)
    {
        foreach (var socket in _sockets)
        {
            if (!socket.IsFree)
            {
                continue;
            }

            if (!pacing.IsDue(ledger, elapsed))
            {
                return true;
            }

            var number = ledger.Send();
            socket.Publish(_requests[ledger.PageOf(number)].Number(number));
        }

        return false;
    }

    public void Serve(int index, bool isWritable, Span<byte> buffer, Ledger ledger)
    {
        if (isWritable)
        {
            _sockets[index].OnWritable();
        }

        _sockets[index].OnReadable(buffer, ledger);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }
}
