using System.IO.Pipelines;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// A connected socket whose descriptor is ours. While it is silent, nothing is held for it but this object and its
/// place in the reactor. One thread at a time owns it: only that one sends, waits and closes, so no byte can go to
/// another connection that has got the same descriptor since. The reactor reads from it meanwhile; a close during that
/// is left to the reactor.
/// </summary>
internal abstract class EpollSocket(EpollReactor reactor, int descriptor) : EpollTarget(descriptor)
{
    private const uint Silent = EpollEvents.Readable | EpollEvents.PeerClosed;

    private const int Unused = 0;
    private const int InReactor = 1;

    /// <summary>The owner has closed it while the reactor was using it.</summary>
    private const int ClosingInReactor = 2;

    private const int Closed = 3;

    /// <summary>The peer should send nothing, so more need not be read at once.</summary>
    private const int ReceiveBytes = 16;

    private EpollWait<FlushResult>? _wait;
    private int _use;
    private volatile bool _isGone;
    private bool _isAborted;

    public override void OnReady(uint events)
    {
        if (Interlocked.CompareExchange(ref _use, InReactor, Unused) != Unused)
        {
            return;
        }

        try
        {
            if (!_isGone && (events & EpollEvents.Gone) == 0)
            {
                Handle(events);
            }
            else
            {
                Disconnect();
            }
        }
        catch
        {
            Disconnect();
            throw;
        }
        finally
        {
            // It would be reported again and again until its owner closes it.
            if (_isGone)
            {
                reactor.Unwatch(this);
            }

            if (Interlocked.CompareExchange(ref _use, Unused, InReactor) == ClosingInReactor)
            {
                CloseDescriptor();
            }
        }
    }

    /// <summary>Watches it from now on, instead of the <see cref="EpollConnection"/> that had the descriptor.</summary>
    /// <exception cref="IOException">The connection is not watched any more, because the peer is gone.</exception>
    protected void Open() => reactor.Replace(this, Silent);

    /// <summary>Sends what the kernel takes without waiting. For the owner.</summary>
    /// <returns>The number of bytes sent; 0 also if the connection is closed, which ends the next wait.</returns>
    protected int Send(ReadOnlySpan<byte> bytes) => Math.Max(0, LibC.Send(Descriptor, bytes));

    /// <summary>Waits until the kernel takes more; completed if the connection is closed. For the owner.</summary>
    protected ValueTask<FlushResult> WaitToSendAsync()
    {
        if (_wait is null)
        {
            Volatile.Write(ref _wait, new EpollWait<FlushResult>());
        }

        var flush = _wait.Begin();
        if (_isGone)
        {
            EndWait(isGone: true);
        }
        else
        {
            reactor.Change(this, Silent | EpollEvents.Writable);
        }

        return flush;
    }

    /// <summary>Ends the wait, and every later one, and tells the owner, who closes it. From any thread.</summary>
    protected void Disconnect()
    {
        _isGone = true;
        Interlocked.MemoryBarrier();
        EndWait(isGone: true);
        OnDisconnected();
    }

    /// <summary>Closes it, once. For the owner, whose last call it is.</summary>
    /// <param name="isAborted">Whether the peer is sent a reset, and not what is still unsent.</param>
    protected void Close(bool isAborted)
    {
        _isAborted = isAborted;
        if (Interlocked.CompareExchange(ref _use, Closed, Unused) == Unused)
        {
            CloseDescriptor();
        }
        else if (Interlocked.CompareExchange(ref _use, ClosingInReactor, InReactor) == Unused)
        {
            // The reactor has finished in between.
            Close(isAborted);
        }
    }

    /// <summary>The peer has sent something. It runs on the reactor's thread.</summary>
    protected abstract void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The peer is gone, or is to be. It runs on any thread, also on the reactor's, and perhaps more than once. The
    /// owner must <see cref="Close"/>.
    /// </summary>
    protected abstract void OnDisconnected();

    private void Handle(uint events)
    {
        if ((events & EpollEvents.Writable) != 0)
        {
            reactor.Change(this, Silent);
            EndWait(isGone: false);
        }

        if ((events & EpollEvents.Readable) == 0)
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[ReceiveBytes];
        var received = LibC.Receive(Descriptor, buffer);
        if (received > 0)
        {
            OnReceived(buffer[..received]);
        }
        else if (received == 0 || !LibC.IsTryAgain)
        {
            Disconnect();
        }
    }

    private void EndWait(bool isGone) =>
        Volatile.Read(ref _wait)?.Complete(new FlushResult(isCanceled: false, isCompleted: isGone));

    private void CloseDescriptor()
    {
        reactor.Forget(this);
        LibC.CloseSocket(Descriptor, _isAborted);
    }
}
