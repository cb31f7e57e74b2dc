using System.IO.Pipelines;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// The transport that HTTP gets: the connection's own, except that HTTP cannot complete it once the connection is
/// detached from HTTP, and reads nothing more once an event stream has begun.
/// </summary>
internal sealed class DetachableTransport(IDuplexPipe transport, StreamConnection connection) : IDuplexPipe
{
    public PipeReader Input { get; } = new Reader(transport.Input, connection);

    public PipeWriter Output { get; } = new Writer(transport.Output, connection);

    private sealed class Reader(PipeReader input, StreamConnection connection) : PipeReader
    {
        private static readonly ReadResult _end = new(default, isCanceled: false, isCompleted: true);

        /// <summary>
        /// Reads, and ends the input if a read is already in progress. That works around Kestrel (.NET 10): it leaves
        /// its read of a body that was cut off unfinished, begins another for the next request, and logs the exception
        /// as an error (https://github.com/dotnet/aspnetcore/issues/52324). Remove the catch once that is fixed.
        /// </summary>
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return connection.Input.IsWatched ? ValueTask.FromResult(_end) : input.ReadAsync(cancellationToken);
            }
            catch (InvalidOperationException)
            {
                return ValueTask.FromResult(_end);
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!connection.Input.IsWatched)
            {
                return input.TryRead(out result);
            }

            result = _end;
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            if (!connection.Input.IsWatched)
            {
                input.AdvanceTo(consumed, examined);
            }
        }

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            if (!connection.IsDetached)
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

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            output.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source,
            CancellationToken cancellationToken = default) =>
            output.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush()
        {
            if (!connection.IsDetached)
            {
                output.CancelPendingFlush();
            }
        }

        public override void Complete(Exception? exception = null)
        {
            if (!connection.IsDetached)
            {
                output.Complete(exception);
            }
        }
    }
}
