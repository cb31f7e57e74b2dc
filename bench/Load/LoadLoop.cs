using System.Diagnostics;
using LiveStreams.Bench.Native;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Load;

/// <summary>
/// The load generator of one run: one thread that serves all subscribers and publishers, and allocates nothing while it
/// measures. It fails as soon as a stream ends, a publish is rejected, or nothing has been received for a while.
/// </summary>
internal sealed class LoadLoop : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int PollMilliseconds = 10;
    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Server _server;
    private readonly LoadShape _shape;
    private readonly CancellationToken _cancellationToken;
    private readonly DeliveryTracker _tracker;
    private readonly Subscribers _subscribers;
    private Publishers? _publishers;

    public LoadLoop(Server server, LoadShape shape, CancellationToken cancellationToken)
    {
        (_server, _shape, _cancellationToken) = (server, shape, cancellationToken);
        _tracker = shape.FollowsAllPages
            ? new DeliveryTracker(pages: 1, shape.Subscribers)
            : new DeliveryTracker(shape.Pages, shape.SubscribersPerPage);
        _subscribers = new Subscribers(_epoll, server, shape);
    }

    /// <summary>
    /// Opens all streams, with at most <paramref name="maxPending"/> of them waiting for their headers at a time, and
    /// returns how long it took until each had them.
    /// </summary>
    public TimeSpan Connect(int maxPending)
    {
        var progress = new ProgressMonitor();
        while (_subscribers.Open < _subscribers.Count)
        {
            ConnectSomeAndPoll(maxPending);
            if (progress.IsStalled(_subscribers.Open))
            {
                throw new BenchException(
                    $"{_subscribers.Count - _subscribers.Open:N0} of {_subscribers.Count:N0} streams get no response.");
            }
        }

        return progress.Elapsed;
    }

    /// <summary>
    /// Opens all streams at once, and waits until each has read this many updates that were published before.
    /// </summary>
    public LoadResult Replay(int updates)
    {
        for (var i = 0; i < updates; i++)
        {
            _tracker.RecordSend();
            _tracker.RecordResponse(Stopwatch.GetTimestamp());
        }

        var cpuBefore = Environment.CpuUsage.TotalTime;
        var progress = new ProgressMonitor();
        while (!_tracker.IsComplete)
        {
            ConnectSomeAndPoll(_subscribers.Count);
            ThrowIfStalled(progress);
        }

        return CheckAndMeasure(progress, cpuBefore);
    }

    /// <summary>
    /// Publishes for <paramref name="duration"/>, waits until everything is delivered, and checks that every subscriber
    /// received each update once.
    /// </summary>
    public LoadResult Publish(IPacing pacing, TimeSpan duration)
    {
        _publishers = new Publishers(_epoll, _server, _shape, _subscribers.Count);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var progress = new ProgressMonitor();
        var elapsed = TimeSpan.Zero;
        while (elapsed < duration || !_tracker.IsComplete)
        {
            var isPublisherFree = elapsed < duration && _publishers.SendDue(pacing, _tracker, elapsed);
            Poll(isPublisherFree
                ? Math.Min(PollMilliseconds, pacing.MaxWaitMilliseconds(_tracker, elapsed))
                : PollMilliseconds);
            ThrowIfStalled(progress);
            elapsed = progress.Elapsed;
        }

        return CheckAndMeasure(progress, cpuBefore);
    }

    /// <summary>Reads everything that has been received.</summary>
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

    private void ConnectSomeAndPoll(int maxPending)
    {
        _subscribers.ConnectSome(maxPending);
        Poll(_subscribers.CanConnect(maxPending) ? 0 : PollMilliseconds);
    }

    private int Poll(int milliseconds)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var count = _epoll.Wait(milliseconds);
        for (var i = 0; i < count; i++)
        {
            var token = _epoll.Ready(i, out var isWritable);
            if (token < _subscribers.Count)
            {
                _subscribers.OnReady(token, isWritable, _buffer, _tracker);
            }
            else
            {
                _publishers!.OnReady(token - _subscribers.Count, isWritable, _buffer, _tracker);
            }
        }

        return count;
    }

    private void ThrowIfStalled(ProgressMonitor progress)
    {
        if (progress.IsStalled(_tracker.Delivered + _tracker.Answered))
        {
            throw new BenchException(
                $"Nothing is received any more: {_tracker.ExpectedDeliveries - _tracker.Delivered:N0} deliveries and "
                + $"{_tracker.Sent - _tracker.Answered:N0} responses are missing.");
        }
    }

    private LoadResult CheckAndMeasure(ProgressMonitor progress, TimeSpan cpuBefore)
    {
        var result = new LoadResult(
            _tracker.Sent,
            _tracker.Delivered,
            progress.Elapsed,
            progress.ElapsedAt(_tracker.LastAnsweredAt),
            Environment.CpuUsage.TotalTime - cpuBefore,
            _tracker.Latencies);
        _subscribers.ThrowUnlessEachHasAll(_tracker);
        return result;
    }
}
