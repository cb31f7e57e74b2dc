using System.IO.Pipelines;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// The descriptor of a connection that several threads use. All calls on it are made under one lock, so that none is
/// made once it is closed or has another owner: its number may be another connection's then.
/// </summary>
internal sealed class ChannelDescriptor(EpollReactor reactor, EpollTarget target)
{
    private readonly Lock _gate = new();
    private uint _interest = EpollEvents.Readable;
    private volatile bool _isReleased;

    /// <summary>Whether it is closed, or given away.</summary>
    public bool IsReleased => _isReleased;

    /// <summary>Begins to watch whether there is something to read.</summary>
    /// <exception cref="IOException">The kernel cannot watch it.</exception>
    public void Watch() => reactor.Watch(target, _interest);

    /// <summary>
    /// Watches nothing any more: not even whether the peer is gone, which would be reported again and again.
    /// </summary>
    public void Unwatch()
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                reactor.Unwatch(target);
            }
        }
    }

    /// <summary>Watches for more or for less; false if it is released.</summary>
    public bool TryChange(uint add = 0, uint remove = 0)
    {
        lock (_gate)
        {
            var interest = (_interest | add) & ~remove;
            if (!_isReleased && interest != _interest)
            {
                _interest = interest;
                reactor.Change(target, interest);
            }

            return !_isReleased;
        }
    }

    /// <summary>Sends what the kernel takes without waiting.</summary>
    /// <returns>The number of bytes sent; -1 if it is released, or this has failed.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var sent = _isReleased ? -1 : LibC.Send(target.Descriptor, bytes);
            return sent < 0 && !_isReleased && LibC.IsTryAgain ? 0 : sent;
        }
    }

    /// <summary>Receives once what has come, into <paramref name="input"/>, which is not flushed.</summary>
    /// <returns>The number of bytes received; 0 at the end; -1 for an error; null if there is nothing yet.</returns>
    public int? Receive(PipeWriter input)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return null;
            }

            var received = LibC.Receive(target.Descriptor, input.GetSpan());
            if (received > 0)
            {
                input.Advance(received);
            }

            return received < 0 && LibC.IsTryAgain ? null : received;
        }
    }

    /// <summary>The least that the kernel can hold of what the peer sends is all that it holds from now on.</summary>
    public void ShrinkReceiveBuffer()
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                LibC.ShrinkReceiveBuffer(target.Descriptor);
            }
        }
    }

    /// <summary>Closes it; false if it is released already.</summary>
    /// <param name="isAborted">Whether the peer is sent a reset, and not what is still unsent.</param>
    public bool TryClose(bool isAborted)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return false;
            }

            _isReleased = true;
            reactor.Forget(target);
            LibC.CloseSocket(target.Descriptor, isAborted);
            return true;
        }
    }

    /// <summary>
    /// Gives it away; false if it is released already. It is still watched, without effect, until another target takes
    /// this one's place (<see cref="EpollReactor.Replace"/>).
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
}
