using System.Diagnostics;
using System.Text;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>
/// The load side of one run: one thread that holds all subscribers and drives all publishers, and allocates nothing while it measures.
/// It fails as soon as a stream ends, a publish is refused, or nothing arrives any more.
/// </summary>
internal sealed class LoadLoop : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int ConnectsBetweenReads = 64;
    private const int PollMilliseconds = 10;

    // Sockets are told by their tokens: first the subscribers, then the publishers.
    private readonly Epoll _epoll = new();
    private readonly SubscriberSocket[] _subscribers;
    private readonly PublisherSocket[] _publishers;
    private readonly byte[][] _streamRequests;
    private readonly UpdateRequest[] _updateRequests;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Ledger _ledger;
    private readonly Server _server;
    private readonly LoadShape _shape;
    private readonly CancellationToken _stop;
    private int _dialled;
    private int _open;

    public LoadLoop(Server server, LoadShape shape, CancellationToken stop)
    {
        (_server, _shape, _stop) = (server, shape, stop);
        _ledger = new Ledger(shape.Pages, shape.SubscribersPerPage);
        _subscribers = new SubscriberSocket[shape.Subscribers];
        _publishers = new PublisherSocket[shape.Publishers];
        var keyPrefix = shape.HasKeys ? Guid.NewGuid().ToString("N") : null;
        _streamRequests = [.. Pages(server.SubscribePath).Select(StreamRequest)];
        _updateRequests = [.. Pages(server.PublishPath).Select(path => new UpdateRequest(path, LoadShape.UpdateBytes, keyPrefix))];
    }

    /// <summary>Opens all streams, with no more of them unanswered at a time than given, and returns how long it took until each had its headers.</summary>
    public TimeSpan Connect(int maxUnanswered)
    {
        var watch = new Progress();
        while (_open < _subscribers.Length)
        {
            DialSome(maxUnanswered);
            if (watch.IsStuck(_open))
            {
                throw new BenchException($"{_subscribers.Length - _open:N0} of {_subscribers.Length:N0} streams get no answer.");
            }
        }

        return watch.Elapsed;
    }

    /// <summary>Opens all streams at once, and waits until each has read so many updates that were published before.</summary>
    public LoadResult Replay(int updates)
    {
        for (var i = 0; i < updates; i++)
        {
            _ledger.Send();
            _ledger.Answer(Stopwatch.GetTimestamp());
        }

        var cpu = Environment.CpuUsage.TotalTime;
        var watch = new Progress();
        while (!_ledger.IsComplete)
        {
            DialSome(_subscribers.Length);
            CheckMoves(watch);
        }

        return Finish(watch, cpu);
    }

    /// <summary>Reads what has come in meanwhile.</summary>
    public void ReadAll()
    {
        while (Poll(0) > 0)
        {
        }
    }

    /// <summary>Publishes for a while, waits until everything has arrived, and checks that it has, everywhere and once.</summary>
    public LoadResult Publish(IPacing pacing, TimeSpan duration)
    {
        for (var i = 0; i < _publishers.Length; i++)
        {
            _publishers[i] = new PublisherSocket(new ClientSocket(_epoll, _server.Port, _subscribers.Length + i));
        }

        var cpu = Environment.CpuUsage.TotalTime;
        var watch = new Progress();
        while (true)
        {
            var elapsed = watch.Elapsed;
            var isSending = elapsed < duration;
            if (!isSending && _ledger.IsComplete)
            {
                break;
            }

            var isBusy = isSending && !SendWhatIsDue(pacing, elapsed);
            Poll(isSending && !isBusy ? Math.Min(pacing.IdleMilliseconds(_ledger, elapsed), Remaining(duration, elapsed)) : PollMilliseconds);
            CheckMoves(watch);
        }

        return Finish(watch, cpu);
    }

    public void Dispose()
    {
        foreach (var socket in _subscribers.Take(_dialled))
        {
            socket.Dispose();
        }

        foreach (var socket in _publishers)
        {
            socket?.Dispose();
        }

        _epoll.Dispose();
    }

    private static int Remaining(TimeSpan duration, TimeSpan elapsed) => (int)Math.Ceiling((duration - elapsed).TotalMilliseconds);

    private IEnumerable<string> Pages(Func<int, string> path) => Enumerable.Range(0, _shape.Pages).Select(path);

    private byte[] StreamRequest(string path) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{(_shape.LastEventId is { } id ? $"Last-Event-ID: {id}\r\n" : "")}\r\n");

    /// <summary>Opens the next few streams, unless too many wait, and reads what is there.</summary>
    private void DialSome(int maxUnanswered)
    {
        for (var i = 0; i < ConnectsBetweenReads && MayDial(maxUnanswered); i++)
        {
            Dial();
        }

        Poll(MayDial(maxUnanswered) ? 0 : PollMilliseconds);
    }

    private bool MayDial(int maxUnanswered) => _dialled < _subscribers.Length && _dialled - _open < maxUnanswered;

    private void Dial()
    {
        var page = _dialled % _shape.Pages;
        var subscriber = new SubscriberSocket(new ClientSocket(_epoll, _server.Port, _dialled), page);
        _subscribers[_dialled++] = subscriber;
        subscriber.Request(_streamRequests[page]);
    }

    /// <summary>Whether a publisher is left that could send more; false: all wait for their answers.</summary>
    private bool SendWhatIsDue(IPacing pacing, TimeSpan elapsed)
    {
        foreach (var publisher in _publishers)
        {
            if (!publisher.IsFree)
            {
                continue;
            }

            if (!pacing.IsDue(_ledger, elapsed))
            {
                return true;
            }

            var number = _ledger.Send();
            publisher.Publish(_updateRequests[_ledger.PageOf(number)].Number(number));
        }

        return false;
    }

    private int Poll(int milliseconds)
    {
        _stop.ThrowIfCancellationRequested();
        var count = _epoll.Wait(milliseconds);
        for (var i = 0; i < count; i++)
        {
            var token = _epoll.Ready(i, out var isWritable);
            if (token < _subscribers.Length)
            {
                ServeSubscriber(_subscribers[token], isWritable);
            }
            else
            {
                ServePublisher(_publishers[token - _subscribers.Length], isWritable);
            }
        }

        return count;
    }

    private void ServeSubscriber(SubscriberSocket subscriber, bool isWritable)
    {
        if (isWritable)
        {
            subscriber.OnWritable();
        }

        var wasOpen = subscriber.IsOpen;
        subscriber.OnReadable(_buffer, _ledger);
        if (!wasOpen && subscriber.IsOpen)
        {
            _open++;
        }
    }

    private void ServePublisher(PublisherSocket publisher, bool isWritable)
    {
        if (isWritable)
        {
            publisher.OnWritable();
        }

        publisher.OnReadable(_buffer, _ledger);
    }

    private void CheckMoves(Progress watch)
    {
        if (watch.IsStuck(_ledger.Delivered + _ledger.Answered))
        {
            throw new BenchException($"{_ledger.Due - _ledger.Delivered:N0} deliveries and {_ledger.Sent - _ledger.Answered:N0} answers are missing.");
        }
    }

    private LoadResult Finish(Progress watch, TimeSpan cpuBefore)
    {
        var result = new LoadResult(
            _ledger.Sent, _ledger.Delivered, watch.Elapsed, watch.At(_ledger.AnsweredAt), Environment.CpuUsage.TotalTime - cpuBefore, _ledger.Latencies);
        var wrong = _subscribers.Count(subscriber => !_ledger.IsAll(subscriber.Page, subscriber.Updates, subscriber.NumberSum));
        if (wrong > 0)
        {
            throw new BenchException($"{wrong:N0} subscribers have not had every update exactly once.");
        }

        return result;
    }
}
