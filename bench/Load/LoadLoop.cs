using System.Diagnostics;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>
/// The load side of one run: one thread that holds all subscribers and drives all publishers, and allocates nothing while it measures.
/// It fails as soon as a stream ends, a publish is refused, or nothing arrives any more.
/// </summary>
internal sealed class LoadLoop : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int PollMilliseconds = 10;
    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Server _server;
    private readonly LoadShape _shape;
    private readonly CancellationToken _stop;
    private readonly Ledger _ledger;
    private readonly Subscribers _subscribers;
    private Publishers? _publishers;

    public LoadLoop(Server server, LoadShape shape, CancellationToken stop)
    {
        (_server, _shape, _stop) = (server, shape, stop);
        _ledger = new Ledger(shape.Pages, shape.SubscribersPerPage);
        _subscribers = new Subscribers(_epoll, server, shape);
    }

    /// <summary>Opens all streams, with no more of them unanswered at a time than given, and returns how long it took until each had its headers.</summary>
    public TimeSpan Connect(int maxUnanswered)
    {
        var watch = new Progress();
        while (_subscribers.Open < _subscribers.Count)
        {
            DialAndPoll(maxUnanswered);
            if (watch.IsStuck(_subscribers.Open))
            {
                throw new BenchException($"{_subscribers.Count - _subscribers.Open:N0} of {_subscribers.Count:N0} streams get no answer.");
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
            DialAndPoll(_subscribers.Count);
            CheckMoves(watch);
        }

        return Finish(watch, cpu);
    }

    /// <summary>Publishes for a while, waits until everything has arrived, and checks that it has, everywhere and once.</summary>
    public LoadResult Publish(IPacing pacing, TimeSpan duration)
    {
        _publishers = new Publishers(_epoll, _server, _shape, _subscribers.Count);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = new Progress();
        var elapsed = TimeSpan.Zero;
        while (elapsed < duration || !_ledger.IsComplete)
        {
            var isWaiting = elapsed < duration && _publishers.SendDue(pacing, _ledger, elapsed);
            Poll(isWaiting ? Math.Min(PollMilliseconds, pacing.IdleMilliseconds(_ledger, elapsed)) : PollMilliseconds);
            CheckMoves(watch);
            elapsed = watch.Elapsed;
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

    public void Dispose()
    {
        _subscribers.Dispose();
        _publishers?.Dispose();
        _epoll.Dispose();
    }

    private void DialAndPoll(int maxUnanswered)
    {
        _subscribers.DialSome(maxUnanswered);
        Poll(_subscribers.MayDial(maxUnanswered) ? 0 : PollMilliseconds);
    }

    private int Poll(int milliseconds)
    {
        _stop.ThrowIfCancellationRequested();
        var count = _epoll.Wait(milliseconds);
        for (var i = 0; i < count; i++)
        {
            var token = _epoll.Ready(i, out var isWritable);
            if (token < _subscribers.Count)
            {
                _subscribers.Serve(token, isWritable, _buffer, _ledger);
            }
            else
            {
                _publishers!.Serve(token - _subscribers.Count, isWritable, _buffer, _ledger);
            }
        }

        return count;
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
        _subscribers.CheckEachHasAll(_ledger);
        return result;
    }
}
