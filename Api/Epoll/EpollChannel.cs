using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// What a connection that speaks HTTP receives and sends. The reactor reads into a pipe, on whose other side HTTP
/// continues; while the pipe is full, it reads nothing. Any thread sends.
/// </summary>
internal sealed class EpollChannel : EpollTarget
{
    private readonly Pipe _input;
    private readonly Action _onEnded;
    private readonly ChannelDescriptor _descriptor;
    private readonly EpollWait<FlushResult> _wait = new();
    private Action? _onRead;
    private ValueTask<FlushResult> _reading;
    private volatile bool _isGone;

    /// <param name="reactor">The reactor that watches it.</param>
    /// <param name="descriptor">The connected socket.</param>
    /// <param name="input">The pipe that holds what was received and not yet read.</param>
    /// <param name="onEnded">Is called when the peer sends nothing more, or is gone.</param>
    public EpollChannel(EpollReactor reactor, int descriptor, Pipe input, Action onEnded)
        : base(descriptor)
    {
        (_input, _onEnded) = (input, onEnded);
        _descriptor = new ChannelDescriptor(reactor, this);
    }

    /// <summary>Whether nothing can be sent any more.</summary>
    public bool IsGone => _isGone;

    /// <summary>Begins to read.</summary>
    /// <exception cref="IOException">The kernel cannot watch it.</exception>
    public void Open() => _descriptor.Watch();

    public override void OnReady(uint events)
    {
        try
        {
            // If it is released, its next owner hears of it.
            if (!_descriptor.IsReleased)
            {
                Handle(events);
            }
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
        var sent = _descriptor.Send(bytes);
        if (sent < 0)
        {
            Abort(new ConnectionResetException("The connection takes nothing more."));
        }

        return sent;
    }

    /// <summary>Waits until the kernel takes more, or the connection is closed. One wait at a time.</summary>
    public ValueTask<FlushResult> WaitToSendAsync()
    {
        var wait = _wait.Begin();
        if (_isGone || !_descriptor.TryChange(add: EpollEvents.Writable))
        {
            EndWait();
        }

        return wait;
    }

    /// <summary>Ends the wait early.</summary>
    public void EndWait() => _wait.Complete(new FlushResult(isCanceled: false, isCompleted: _isGone));

    /// <summary>The kernel holds little of what the peer sends from now on.</summary>
    public void ShrinkReceiveBuffer() => _descriptor.ShrinkReceiveBuffer();

    /// <summary>Closes the connection, by a reset if there is a reason. From any thread.</summary>
    public void Abort(Exception? reason)
    {
        if (Close(isAborted: reason is not null))
        {
            // What continues after it may take time, and the caller may hold a lock.
            ThreadPool.UnsafeQueueUserWorkItem(_ => End(reason), null);
        }
    }

    /// <summary>Closes the descriptor, and ends a wait to send; false if it is released already.</summary>
    /// <param name="isAborted">Whether the peer is sent a reset, and not what is still unsent.</param>
    public bool Close(bool isAborted)
    {
        if (!_descriptor.TryClose(isAborted))
        {
            return false;
        }

        SetGone();
        return true;
    }

    /// <summary>Gives the descriptor away; false if it is closed.</summary>
    public bool TryRelease() => _descriptor.TryRelease();

    private void Handle(uint events)
    {
        if ((events & EpollEvents.Writable) != 0)
        {
            _descriptor.TryChange(remove: EpollEvents.Writable);
            EndWait();
        }

        if ((events & EpollEvents.Readable) != 0)
        {
            Receive();
        }
        else if ((events & EpollEvents.Gone) != 0)
        {
            End(new ConnectionResetException("The client has reset the connection."));
        }
    }

    private void Receive()
    {
        switch (_descriptor.Receive(_input.Writer))
        {
            case null:
                break;
            case 0:
                End(null);
                break;
            case < 0:
                End(new ConnectionResetException("The client has reset the connection."));
                break;
            default:
                Continue(_input.Writer.FlushAsync());
                break;
        }
    }

    // HTTP has continued, or will on another thread. If the pipe is full, nothing more is received until it is read.
    private void Continue(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompletedSuccessfully)
        {
            _descriptor.TryChange(remove: EpollEvents.Readable);
            _reading = flush;
            flush.GetAwaiter().UnsafeOnCompleted(_onRead ??= OnRead);
        }
        else if (flush.Result.IsCompleted)
        {
            _descriptor.TryChange(remove: EpollEvents.Readable);
        }
    }

    private void OnRead()
    {
        // HTTP may also have ended its reading, even with an error.
        if (_reading is { IsCompletedSuccessfully: true, Result.IsCompleted: false })
        {
            _descriptor.TryChange(add: EpollEvents.Readable);
        }
    }

    // Without an error, the peer may still wait for what is sent.
    private void End(Exception? error)
    {
        _descriptor.TryChange(remove: EpollEvents.Readable);
        if (error is not null)
        {
            _descriptor.Unwatch();
            SetGone();
        }

        _input.Writer.Complete(error);
        _onEnded();
    }

    private void SetGone()
    {
        _isGone = true;
        Interlocked.MemoryBarrier();
        EndWait();
    }
}
