using System.Buffers;
using System.IO.Pipelines;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// What HTTP sends: it gathers in memory of the pool until a flush sends it, on the thread that flushes. A flush
/// completes when the kernel has taken everything.
/// </summary>
internal sealed class EpollOutput(EpollChannel channel, MemoryPool<byte> pool) : PipeWriter
{
    /// <summary>What does not fit into a block of the pool goes out in pieces of this size.</summary>
    private const int LargeBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Block> _blocks = new(1);
    private Block? _last;
    private int _sent;
    private int _isCanceled;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _blocks.Sum(static block => (long)block.Length) - _sent;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last is null || _last.Free.Length < Math.Max(sizeHint, 1))
        {
            var isFirst = _last is null && sizeHint <= pool.MaxBufferSize;
            _last = new Block(isFirst
                ? pool.Rent(pool.MaxBufferSize)
                : MemoryPool<byte>.Shared.Rent(Math.Max(sizeHint, LargeBytes)));
            _blocks.Enqueue(_last);
        }

        return _last.Free;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (bytes > 0)
        {
            _last!.Length += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        TrySendAll() ? ValueTask.FromResult(EndFlush(TryTakeCanceled())) : SendRestAsync(cancellationToken);

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        channel.EndWait();
    }

    /// <summary>Sends what was not flushed, if the kernel takes it, and releases the memory.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            TrySendAll();
            ReleaseAll();
        }
    }

    private async ValueTask<FlushResult> SendRestAsync(CancellationToken cancellationToken)
    {
        bool isCanceled;
        using (cancellationToken.UnsafeRegister(
            static output => ((EpollOutput)output!).CancelPendingFlush(), this))
        {
            do
            {
                var wait = channel.WaitToSendAsync();
                if (Volatile.Read(ref _isCanceled) != 0)
                {
                    channel.EndWait();
                }

                await wait;
                isCanceled = TryTakeCanceled();
            }
            while (!isCanceled && !TrySendAll());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // The token may have canceled once more.
            TryTakeCanceled();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return EndFlush(isCanceled);
    }

    private bool TryTakeCanceled() => Interlocked.Exchange(ref _isCanceled, 0) != 0;

    private FlushResult EndFlush(bool isCanceled) => new(isCanceled, isCompleted: channel.IsGone);

    // True also if nothing can be sent any more.
    private bool TrySendAll()
    {
        lock (_gate)
        {
            while (_blocks.TryPeek(out var block))
            {
                var unsent = block.Filled[_sent..];
                var sent = unsent.IsEmpty ? 0 : channel.Send(unsent);
                if (sent < 0)
                {
                    ReleaseAll();
                    return true;
                }

                if (sent < unsent.Length)
                {
                    _sent += sent;
                    return false;
                }

                _blocks.Dequeue().Release();
                _sent = 0;
            }

            _last = null;
            return true;
        }
    }

    private void ReleaseAll()
    {
        while (_blocks.TryDequeue(out var block))
        {
            block.Release();
        }

        _last = null;
        _sent = 0;
    }

    private sealed class Block(IMemoryOwner<byte> memory)
    {
        public int Length { get; set; }

        public ReadOnlySpan<byte> Filled => memory.Memory.Span[..Length];

        public Memory<byte> Free => memory.Memory[Length..];

        public void Release() => memory.Dispose();
    }
}
