using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// Uses one connection after another. On each it sends bursts of mutated requests (pipelining) and reads the responses
/// to a burst before it sends the next, while the connection lasts. The requests depend on the seed alone.
/// </summary>
internal sealed partial class FuzzWorker(Uri server, int seed) : IDisposable
{
    private const int MaxBurst = 12;

    /// <summary>
    /// Silence after which the server probably waits for the rest of a body. The worker then ends its side of the
    /// connection.
    /// </summary>
    private static readonly TimeSpan _idleTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long the server may then take to close the connection: more than the 5 s for which Kestrel drains a body.
    /// </summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(seed);
    private readonly IPEndPoint _server = new(IPAddress.Loopback, server.Port);
    private Socket? _socket;
    private ResponseReader _responses = new();

    /// <summary>The number of requests that got a response or were cut off without one.</summary>
    public int Done { get; private set; }

    /// <summary>Sends requests until <paramref name="isDone"/> returns true.</summary>
    /// <exception cref="FuzzException">
    /// The server has done something that no input may cause. The message has the last burst.
    /// </exception>
    public async Task RunAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        while (!isDone())
        {
            var requests = Enumerable.Range(0, _random.Next(1, MaxBurst + 1)).Select(_ => Next()).ToArray();
            try
            {
                await SendAsync(requests, cancellationToken);
            }
            catch (FuzzException exception)
            {
                throw new FuzzException(
                    $"{exception.Message}\nThe worker with the seed {seed} had sent {Done} requests before this burst; "
                    + $"the connection has {_responses.Count} responses so far:\n---- "
                    + string.Join("\n---- ", requests.Select(Shorten)));
            }
        }
    }

    private static string Shorten(byte[] request) =>
        LongRun().Replace(Encoding.Latin1.GetString(request), run => $"{run.Value[..20]}…{run.Length}");

    [GeneratedRegex(@"(.)\1{30,}", RegexOptions.Singleline)]
    private static partial Regex LongRun();

    public void Dispose() => _socket?.Dispose();

    private byte[] Next()
    {
        var request = RequestCorpus.Next(_random);
        for (var i = _random.Next(3); i >= 0; i--)
        {
            _random.Pick(Mutations.RequestMutations)(_random, request);
        }

        var bytes = request.ToBytes();
        return _random.Next(5) == 0 ? _random.Pick(Mutations.ByteMutations)(_random, bytes) : bytes;
    }

    private async Task SendAsync(byte[][] requests, CancellationToken cancellationToken)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(_server, cancellationToken);
            _responses = new ResponseReader();
        }

        // Sends and receives at the same time: once the server has begun an event stream, it reads no more of a burst.
        var previous = _responses.Count;
        var sending = SendAsync([.. requests.SelectMany(request => request)], cancellationToken);
        var isOpen = await ReceiveAsync(previous + requests.Length, sending, cancellationToken);
        Done += Math.Max(_responses.Count - previous, 1);
        if (!isOpen || _responses.IsComplete)
        {
            CloseConnection();
        }

        await sending;
    }

    private async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _socket!.SendAsync(bytes, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either side may close the connection before the end of a request.
        }
    }

    // Returns false when the connection has ended.
    private async Task<bool> ReceiveAsync(int expected, Task sending, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var hasEndedSending = false;
        while (_responses.Count < expected && !_responses.IsComplete)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(hasEndedSending ? _timeout : _idleTimeout);
            try
            {
                var received = await _socket!.ReceiveAsync(_responses.GetBuffer(), timeout.Token);
                if (received == 0)
                {
                    return false;
                }

                _responses.Advance(received);
            }
            catch (SocketException)
            {
                return false;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                if (hasEndedSending)
                {
                    throw new FuzzException(
                        $"The server has not closed the connection {_timeout.TotalSeconds} s after the client's end.");
                }

                if (sending.IsCompleted)
                {
                    hasEndedSending = true;
                    _socket!.Shutdown(SocketShutdown.Send);
                }
                else if (TimeProvider.System.GetElapsedTime(start) > _timeout)
                {
                    throw new FuzzException(
                        $"The server has neither read nor sent anything for {_timeout.TotalSeconds} s.");
                }
            }
        }

        return !hasEndedSending;
    }

    // Half of the connections are closed gracefully, the others are reset (RST).
    private void CloseConnection()
    {
        if (_random.Next(2) == 0)
        {
            _socket!.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _socket!.Dispose();
        _socket = null;
    }
}
