using System.IO.Pipelines;

namespace LiveStreams.Api.Connections;

/// <summary>What HTTP has for the transport: the same, but that HTTP cannot end it while the connection is kept for a stream.</summary>
internal sealed class KeptTransport(IDuplexPipe transport, StreamConnection connection) : IDuplexPipe
{
    public PipeReader Input { get; } = new Reader(transport.Input, connection);

    public PipeWriter Output { get; } = new Writer(transport.Output, connection);

    private sealed class Reader(PipeReader input, StreamConnection connection) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return input.ReadAsync(cancellationToken);
            }
            catch (InvalidOperationException)
            {
                // Kestrel (.NET 10) leaves its read of a body that was cut off unfinished, and begins one for the next request, which it would log as a error.
                return ValueTask.FromResult(new ReadResult(default, isCanceled: false, isCompleted: true));
            }
        }

        public override bool TryRead(out ReadResult result) => input.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            if (!connection.IsKept)
            {
                input.Complete(exception);
            }
        }
    }

    private sealed class Writer(PipeWriter output, StreamConnection connection) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

        public override void Advance(int bytes) => output.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => output.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            output.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush()
        {
            if (!connection.IsKept)
            {
                output.CancelPendingFlush();
            }
        }

        public override void Complete(Exception? exception = null)
        {
            if (!connection.IsKept)
            {
                output.Complete(exception);
            }
        }
    }
}
