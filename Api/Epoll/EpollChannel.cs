using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// The descriptor of a connection that speaks HTTP. The reactor reads from it into a pipe, on whose other side HTTP
/// continues at once, on the reactor's thread; any thread sends. All calls on the descriptor are made under one lock,
/// so that none is made once it is closed or has another owner: its number may be another connection's then.
/// </summary>
/// <param name="reactor">The reactor that watches it.</param>
/// <param name="descriptor">The connected socket.</param>
/// <param name="input">The pipe that holds what was received and not yet read.</param>
/// <param name="onEnded">Is called when the peer sends nothing more, or is gone.</param>
internal sealed class EpollChannel(EpollReactor reactor, int descriptor, Pipe input, Action onEnded)
    : EpollTarget(descriptor)
{
    private readonly EpollWait<FlushResult> _wait = new();
    private readonly Lock _gate = new();
    private Action? _onRead;
    private ValueTask<FlushResult> _reading;
    private uint _interest = EpollEvents.Readable;
    private bool _isPaused;
    private bool _isUnwatched;
    private volatile bool _isReleased;
    private volatile bool _isGone;

    /// <summary>Whether nothing can be sent any more.</summary>
    public bool IsGone => _isGone;

    /// <summary>Begins to read.</summary>
    /// <exception cref="IOException">The kernel cannot watch it.</exception>
    public void Open() => reactor.Watch(this, _interest);

    public override void OnReady(uint events)
    {
        try
        {
            Handle(events);
        }
        catch (Exception exception)
        {
            // Otherwise the same would be reported again and again.
            Abort(exception);
            throw;
        }
    }

    /// <summary>Sends what the kernel takes without waiting.</summary>
    /// <returns>The number of bytes sent; -1 if the connection is closed, also because this has failed.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return -1;
            }

            var sent = LibC.Send(Descriptor, bytes);
            if (sent >= 0)
            {
                return sent;
            }

            if (LibC.LastError is LibC.TryAgain or LibC.Interrupted)
            {
                return 0;
            }
        }

        Abort(new ConnectionResetException("The connection takes nothing more."));
        return -1;
    }

    /// <summary>Waits until the kernel takes more, or the connection is closed. One wait at a time.</summary>
    public ValueTask<FlushResult> WaitToSendAsync()
    {
        var wait = _wait.Begin();
        if (_isGone || !ChangeInterest(EpollEvents.Writable, remove: 0))
        {
            EndWait();
        }

        return wait;
    }

    /// <summary>Ends the wait early.</summary>
    public void EndWait() => _wait.Complete(new FlushResult(isCanceled: false, isCompleted: _isGone));

    /// <summary>The least that the kernel holds of what the peer sends is all that it may hold from now on.</summary>
    public void ShrinkReceiveBuffer()
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                LibC.ShrinkReceiveBuffer(Descriptor);
            }
        }
    }

    /// <summary>Closes the connection, by a reset if there is a reason. From any thread.</summary>
    public void Abort(Exception? reason)
    {
        if (Close(isAborted: reason is not null))
        {
            // What continues after it may take time, and may be the caller's own lock.
            ThreadPool.UnsafeQueueUserWorkItem(_ => End(reason), null);
        }
    }

    /// <summary>Closes the descriptor, unless it is released already, and ends a wait to send.</summary>
    /// <param name="isAborted">Whether the peer is sent a reset, and not what is still unsent.</param>
    public bool Close(bool isAborted)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return false;
            }

            _isReleased = true;
            reactor.Forget(this);
            LibC.CloseSocket(Descriptor, isAborted);
        }

        SetGone();
        return true;
    }

    /// <summary>
    /// Gives the descriptor away; false if it is closed. It is still watched, without effect, until another target
    /// takes this one's place (<see cref="EpollReactor.Replace"/>).
    /// </summary>
    public bool TryRelease()
    {
        lock (_gate)
        {
            var isOpen = !_isReleased;
            _isReleased = true;
            return isOpen;
        }
    }

    private void Handle(uint events)
    {
        if (_isReleased)
        {
            // Its next owner hears of it.
            return;
        }

        if ((events & EpollEvents.Writable) != 0)
        {
            ChangeInterest(add: 0, remove: EpollEvents.Writable);
            EndWait();
        }

        if ((events & EpollEvents.Readable) != 0)
        {
            Receive();
        }
        else if ((events & EpollEvents.Gone) != 0 && !TryReadLater())
        {
            End(new ConnectionResetException("The client has reset the connection."));
        }
    }

    private void Receive()
    {
        int received;
        lock (_gate)
        {
            if (_isReleased)
            {
                return;
            }

            received = LibC.Receive(Descriptor, input.Writer.GetSpan());
            if (received < 0 && LibC.LastError is LibC.TryAgain or LibC.Interrupted)
            {
                return;
            }

            if (received > 0)
            {
                input.Writer.Advance(received);
            }
        }

        if (received > 0)
        {
            Continue(input.Writer.FlushAsync());
        }
        else
        {
            End(received == 0 ? null : new ConnectionResetException("The client has reset the connection."));
        }
    }

    // HTTP has continued already. If it has yet to read what the pipe holds, nothing more is received until then.
    private void Continue(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompletedSuccessfully)
        {
            if (flush.Result.IsCompleted)
            {
                ChangeInterest(add: 0, EpollEvents.Readable);
            }

            return;
        }

        _isPaused = true;
        ChangeInterest(add: 0, EpollEvents.Readable);
        _reading = flush;
        flush.GetAwaiter().UnsafeOnCompleted(_onRead ??= OnRead);
    }

    private void OnRead()
    {
        if (_reading.Result.IsCompleted)
        {
            return;
        }

        lock (_gate)
        {
            _isPaused = false;
            if (_isUnwatched && !_isReleased)
            {
                _isUnwatched = false;
                _interest |= EpollEvents.Readable;
                reactor.Watch(this, _interest);
                return;
            }
        }

        ChangeInterest(EpollEvents.Readable, remove: 0);
    }

    // A peer that has closed a Unix socket may have sent more than was read until now.
    private bool TryReadLater()
    {
        lock (_gate)
        {
            if (!_isPaused || _isReleased)
            {
                return _isReleased;
            }

            _isUnwatched = true;
            reactor.Unwatch(this);
        }

        EndWait();
        return true;
    }

    private void Unwatch()
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                reactor.Unwatch(this);
            }
        }
    }

    private void SetGone()
    {
        _isGone = true;
        Interlocked.MemoryBarrier();
        EndWait();
    }

    // Without an error, the peer may still wait for what is sent.
    private void End(Exception? error)
    {
        ChangeInterest(add: 0, EpollEvents.Readable);
        if (error is not null)
        {
            // It would be reported again and again until it is closed.
            Unwatch();
            SetGone();
        }

        input.Writer.Complete(error);
        onEnded();
    }

    // False if it is closed.
    private bool ChangeInterest(uint add, uint remove)
    {
        lock (_gate)
        {
            var interest = (_interest | add) & ~remove;
            if (!_isReleased && interest != _interest)
            {
                _interest = interest;
                reactor.Change(this, interest);
            }

            return !_isReleased;
        }
    }
}
