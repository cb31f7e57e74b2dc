using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// Watches descriptors, with one thread for all of them (epoll(7)): those of connections, of silent streams, and of
/// listeners. A descriptor costs it 8 bytes. What happens on a descriptor is handled on that thread, one after the
/// other.
/// </summary>
internal sealed partial class EpollReactor : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int MaxEvents = 256;

    /// <summary>A longer turn is counted, because others wait: something runs here that is not short.</summary>
    private static readonly TimeSpan _maxTurn = TimeSpan.FromMilliseconds(20);

    [ThreadStatic]
    private static bool _isReactor;

    private readonly int _epoll = LibC.CreateEpoll();
    private readonly int _stop = LibC.CreateEvent();
    private readonly Thread _thread;
    private readonly EpollTargets _targets;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EpollReactor> _log;

    /// <param name="targets">What all reactors of the process watch.</param>
    /// <param name="metrics">Counts turns that are too long.</param>
    /// <param name="time">Measures turns.</param>
    /// <param name="log">Gets exceptions of handlers.</param>
    public EpollReactor(
        EpollTargets targets, ServerMetrics metrics, TimeProvider time, ILogger<EpollReactor> log)
    {
        (_targets, _metrics, _time, _log) = (targets, metrics, time, log);
        Control(Add, _stop, EpollEvents.Readable, data: ulong.MaxValue);
        _thread = new Thread(Run) { IsBackground = true, Name = "epoll" };
        _thread.Start();
    }

    /// <summary>Whether this thread is that of a reactor, on which nothing may take long.</summary>
    public static bool IsCurrentThread => _isReactor;

    /// <summary>Begins to watch a target.</summary>
    /// <exception cref="IOException">The kernel has no memory for it, or the limit of watches is reached.</exception>
    public void Watch(EpollTarget target, uint events)
    {
        _targets.Set(target);
        Register(Add, target, events);
    }

    /// <summary>
    /// Watches a target instead of the one that has the same descriptor and is watched until now.
    /// </summary>
    /// <exception cref="IOException">The other one is not watched any more.</exception>
    public void Replace(EpollTarget target, uint events)
    {
        _targets.Set(target);
        Register(Modify, target, events);
    }

    /// <summary>
    /// Changes what is watched for. What is so already is reported again. Does nothing if the target is not watched any
    /// more. The caller must make sure that the descriptor is not closed meanwhile.
    /// </summary>
    public void Change(EpollTarget target, uint events) =>
        Control(Modify, target.Descriptor, events, DataOf(target));

    /// <summary>Watches for nothing more. The same holds as for <see cref="Change"/>.</summary>
    public void Unwatch(EpollTarget target) => Control(Delete, target.Descriptor, events: 0, data: 0);

    /// <summary>Must be called before the descriptor is closed: after that, its number may be another one's.</summary>
    public void Forget(EpollTarget target) => _targets.Remove(target);

    public void Dispose()
    {
        LibC.SignalEvent(_stop);
        _thread.Join();
        LibC.Close(_stop);
        LibC.Close(_epoll);
    }

    private static ulong DataOf(EpollTarget target) => ((ulong)target.Generation << 32) | (uint)target.Descriptor;

    private void Register(int operation, EpollTarget target, uint events)
    {
        if (Control(operation, target.Descriptor, events, DataOf(target)) < 0)
        {
            var error = LibC.LastError;
            Forget(target);
            throw new IOException($"epoll_ctl has failed with error {error}.");
        }
    }

    private int Control(int operation, int descriptor, uint events, ulong data)
    {
        Span<byte> change = stackalloc byte[EpollEvents.Size];
        new EpollEvents(change).Set(events, data);
        return LibC.ControlEpoll(_epoll, operation, descriptor, change);
    }

    private void Run()
    {
        _isReactor = true;
        var buffer = GC.AllocateUninitializedArray<byte>(MaxEvents * EpollEvents.Size, pinned: true);
        while (true)
        {
            var count = LibC.WaitEpoll(_epoll, buffer, MaxEvents);
            var start = _time.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var events = new EpollEvents(buffer);
                var data = events.GetData(i);
                if (data == ulong.MaxValue)
                {
                    return;
                }

                // One that was forgotten, or whose descriptor has another target by now, has no more events.
                if (_targets.Find((uint)data, (uint)(data >> 32)) is { } target)
                {
                    start = RunTurn(target, events.GetEvents(i), start);
                }
            }
        }
    }

    private long RunTurn(EpollTarget target, uint events, long start)
    {
        try
        {
            target.OnReady(events);
            var end = _time.GetTimestamp();
            if (_time.GetElapsedTime(start, end) > _maxTurn)
            {
                _metrics.Limits.CountDelay();
            }

            return end;
        }
        catch (Exception exception)
        {
            // A mistake in the handling of one connection must not end the others.
            LogFailed(exception);
            return start;
        }
    }

    [LoggerMessage(LogLevel.Error, "An unexpected exception while a connection's event was handled.")]
    private partial void LogFailed(Exception exception);
}
