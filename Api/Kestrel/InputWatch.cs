using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// Reads what a client sends during its event stream, which should be nothing: with the first byte it calls
/// <paramref name="abort"/>, and counts that (<paramref name="metrics"/>). Otherwise the server would keep what
/// arrives.
/// </summary>
internal sealed class InputWatch(PipeReader input, Action abort, ServerMetrics? metrics)
{
    private ValueTask<ReadResult> _read;
    private Action? _onRead;
    private StrayInput _stray;

    public void Start()
    {
        try
        {
            while (IsCompleted(input.ReadAsync()) && MayContinue())
            {
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The connection or the request has ended, and so does the stream.
        }
    }

    /// <summary>
    /// Whether a read of the input has failed because it has ended: a transport ends it with the error that ended the
    /// connection.
    /// </summary>
    public static bool IsEnd(Exception exception) => exception
        is InvalidOperationException or OperationCanceledException or IOException or SocketException;

    // If the read has yet to complete, the watch continues then. This takes less memory than an async method.
    private bool IsCompleted(ValueTask<ReadResult> read)
    {
        _read = read;
        if (read.IsCompleted)
        {
            return true;
        }

        read.GetAwaiter().UnsafeOnCompleted(_onRead ??= OnRead);
        return false;
    }

    private void OnRead()
    {
        try
        {
            if (MayContinue())
            {
                Start();
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // See Start.
        }
    }

    private bool MayContinue()
    {
        // The input of a connection that is closed may end with an error. The stream ends because of that, too.
        if (!_read.IsCompletedSuccessfully)
        {
            if (_read.AsTask().Exception?.InnerException is BadHttpRequestException)
            {
                // The body is larger than that of any request. Nobody reads it, and Kestrel would keep what arrives.
                Cut();
            }

            return false;
        }

        var result = _read.Result;
        var isInput = !result.Buffer.IsEmpty && !_stray.MayIgnore(result.Buffer.ToArray());
        input.AdvanceTo(result.Buffer.End);
        if (isInput)
        {
            Cut();
        }

        return !isInput && !result.IsCompleted;
    }

    private void Cut()
    {
        metrics?.Limits.CountCut();
        abort();
    }
}
