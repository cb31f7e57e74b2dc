namespace LiveStreams.Api.Epoll;

/// <summary>
/// Watches the descriptors of silent streams, of slow readers, and of listeners, with one thread for all of them
/// (epoll(7)). A descriptor costs it 8 bytes. It does not send and does not close: that is done by who owns the
/// descriptor.
/// </summary>
internal sealed partial class EpollReactor : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int MaxEvents = 256;

    private readonly int _epoll = LibC.CreateEpoll();
    private readonly int _stop = LibC.CreateEvent();
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly ILogger<EpollReactor> _log;

    // By descriptor: the kernel gives the lowest that is free, so they are dense.
    private volatile EpollTarget?[] _targets = new EpollTarget?[1024];
    private uint _generation;

    public EpollReactor(ILogger<EpollReactor> log)
    {
        _log = log;
        Control(Add, _stop, EpollEvents.Readable, data: ulong.MaxValue);
        _thread = new Thread(Run) { IsBackground = true, Name = "epoll" };
        _thread.Start();
    }

    /// <summary>Those that are watched at this moment.</summary>
    public IReadOnlyList<EpollTarget> Targets => [.. _targets.OfType<EpollTarget>()];

    /// <summary>Begins to watch a target.</summary>
    /// <exception cref="IOException">The kernel has no memory for it, or the limit of watches is reached.</exception>
    public void Watch(EpollTarget target, uint events)
    {
        lock (_gate)
        {
            var targets = _targets;
            if (target.Descriptor >= targets.Length)
            {
                Array.Resize(ref targets, Math.Max(target.Descriptor + 1, targets.Length * 2));
                _targets = targets;
            }

            target.Generation = ++_generation;
            targets[target.Descriptor] = target;
        }

        if (Control(Add, target.Descriptor, events, DataOf(target)) < 0)
        {
            var error = LibC.LastError;
            Forget(target);
            throw new IOException($"epoll_ctl has failed with error {error}.");
        }
    }

    /// <summary>
    /// Changes what is watched for. What is so already is reported again. Only the owner of the descriptor may call
    /// this, and the reactor's thread. Does nothing if the target is not watched any more.
    /// </summary>
    public void Change(EpollTarget target, uint events) =>
        Control(Modify, target.Descriptor, events, DataOf(target));

    /// <summary>Watches for nothing more. The same callers as for <see cref="Change"/>.</summary>
    public void Unwatch(EpollTarget target) => Control(Delete, target.Descriptor, events: 0, data: 0);

    /// <summary>Must be called before the descriptor is closed: after that, its number may be another one's.</summary>
    public void Forget(EpollTarget target)
    {
        lock (_gate)
        {
            _targets[target.Descriptor] = null;
        }
    }

    public void Dispose()
    {
        LibC.SignalEvent(_stop);
        _thread.Join();
        LibC.Close(_stop);
        LibC.Close(_epoll);
    }

    private static ulong DataOf(EpollTarget target) => ((ulong)target.Generation << 32) | (uint)target.Descriptor;

    private int Control(int operation, int descriptor, uint events, ulong data)
    {
        Span<byte> change = stackalloc byte[EpollEvents.Size];
        new EpollEvents(change).Set(events, data);
        return LibC.ControlEpoll(_epoll, operation, descriptor, change);
    }

    private void Run()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MaxEvents * EpollEvents.Size, pinned: true);
        while (true)
        {
            var count = LibC.WaitEpoll(_epoll, buffer, MaxEvents);
            for (var i = 0; i < count; i++)
            {
                var events = new EpollEvents(buffer);
                var data = events.GetData(i);
                if (data == ulong.MaxValue)
                {
                    return;
                }

                // One that was forgotten, or whose descriptor has another target by now, has no more events.
                if (_targets[(uint)data] is { } target && target.Generation == (uint)(data >> 32))
                {
                    Notify(target, events.GetEvents(i));
                }
            }
        }
    }

    private void Notify(EpollTarget target, uint events)
    {
        try
        {
            target.OnReady(events);
        }
        catch (Exception exception)
        {
            // A mistake in the handling of one connection must not end the others.
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "An unexpected exception while a connection's event was handled.")]
    private partial void LogFailed(Exception exception);
}
