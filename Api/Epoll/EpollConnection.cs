using System.Globalization;
using System.IO.Pipelines;
using LiveStreams.Api.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// A connection of Kestrel's over a descriptor of ours. It can be disposed, with all that Kestrel holds for it, while
/// the descriptor stays open (<see cref="TryDetach"/>).
/// </summary>
internal sealed class EpollConnection : DefaultConnectionContext, IDuplexPipe
{
    // Begins with the time, so that ids differ from those of an earlier process and have one length.
    private static long _lastId = TimeProvider.System.GetUtcNow().Ticks;

    private readonly EpollChannel _channel;
    private readonly Pipe _input;
    private readonly EpollOutput _output;

    private readonly Continuation _continuation = new();

    // Not disposed: the end of the connection may be found at the same moment. It has no timer.
    private readonly CancellationTokenSource _closed = new();

    /// <param name="descriptor">The connected socket, which it owns from now on.</param>
    /// <param name="reactor">The reactor that watches it.</param>
    /// <param name="memory">The memory of HTTP.</param>
    public EpollConnection(int descriptor, EpollReactor reactor, IMemoryPoolFeature memory)
        : base(Interlocked.Increment(ref _lastId).ToString("X", CultureInfo.InvariantCulture))
    {
        Reactor = reactor;
        _input = new Pipe(new PipeOptions(
            memory.MemoryPool,
            readerScheduler: _continuation,
            writerScheduler: PipeScheduler.ThreadPool,
            pauseWriterThreshold: ConnectionBuffers.ReadAheadBytes,
            resumeWriterThreshold: ConnectionBuffers.ReadAheadBytes / 2,
            useSynchronizationContext: false));
        _channel = new EpollChannel(reactor, descriptor, _input, OnEnded);
        _output = new EpollOutput(_channel, memory.MemoryPool);
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features.Set(memory);
        Features.Set(this);
    }

    /// <summary>The reactor that watches it.</summary>
    public EpollReactor Reactor { get; }

    /// <summary>What watches it.</summary>
    public EpollTarget Target => _channel;

    PipeReader IDuplexPipe.Input => _input.Reader;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>
    /// Whether HTTP continues on the reactor's thread when something was received. At first it does not, so a TLS
    /// handshake runs on a thread of the pool.
    /// </summary>
    public bool ContinuesOnReactor
    {
        set => _continuation.IsInline = value;
    }

    /// <summary>Begins to read.</summary>
    /// <exception cref="IOException">The kernel cannot watch it.</exception>
    public void Open() => _channel.Open();

    /// <summary>The kernel holds little of what the peer sends from now on.</summary>
    public void ShrinkReceiveBuffer() => _channel.ShrinkReceiveBuffer();

    /// <summary>
    /// Gives the descriptor to the caller, who closes it; false if it is closed already. What the connection has
    /// written must have been flushed.
    /// </summary>
    public bool TryDetach()
    {
        if (!_channel.TryRelease())
        {
            return false;
        }

        // What has just been received can be read now.
        _input.Writer.Complete();
        return true;
    }

    public override void Abort(ConnectionAbortedException? abortReason) => _channel.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        _output.Complete();
        _channel.Close(isAborted: false);
        _input.Reader.Complete();
        _input.Writer.Complete();
        await base.DisposeAsync();
    }

    private void OnEnded() => ThreadPool.UnsafeQueueUserWorkItem(
        static closed => closed.Cancel(), _closed, preferLocal: false);

    private sealed class Continuation : PipeScheduler
    {
        private volatile bool _isInline;

        public bool IsInline
        {
            set => _isInline = value;
        }

        public override void Schedule(Action<object?> action, object? state)
        {
            if (_isInline)
            {
                action(state);
            }
            else
            {
                ThreadPool.Schedule(action, state);
            }
        }
    }
}
