using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>
/// One connection after another: a burst of mutated requests at once (pipelining), then their answers; the next burst on the same connection while it lasts.
/// What it sends depends on its seed alone.
/// </summary>
internal sealed partial class FuzzWorker(Uri server, int seed) : IDisposable
{
    private const int MaxBurst = 12;

    /// <summary>Silence after which the server is taken to wait for more of a body, which it is then told will not come.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the server may then take to end the connection: more than Kestrel gives a body to be drained, 5 s.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(seed);
    private readonly IPEndPoint _server = new(IPAddress.Loopback, server.Port);
    private Socket? _socket;
    private AnswerReader _answers = new();

    /// <summary>How many requests have been answered, or cut off without an answer.</summary>
    public int Done { get; private set; }

    /// <summary>Goes on until <paramref name="isEnough"/> says so.</summary>
    /// <exception cref="FuzzException">The server has done what it must not; the message has the last burst.</exception>
    public async Task RunAsync(Func<bool> isEnough, CancellationToken cancellationToken)
    {
        while (!isEnough())
        {
            var requests = Enumerable.Range(0, _random.Next(1, MaxBurst + 1)).Select(_ => Next()).ToArray();
            try
            {
                await SendAsync(requests, cancellationToken);
            }
            catch (FuzzException exception)
            {
                var sent = string.Join("\n---- ", requests.Select(request => LongRun().Replace(Encoding.Latin1.GetString(request), run => $"{run.Value[..20]}…{run.Length}")));
                throw new FuzzException($"{exception.Message}\nThe worker with the seed {seed} had sent, after {Done} requests, of which the connection's first {_answers.Count} are answered:\n---- {sent}");
            }
        }
    }

    [GeneratedRegex(@"(.)\1{30,}", RegexOptions.Singleline)]
    private static partial Regex LongRun();

    public void Dispose() => _socket?.Dispose();

    private byte[] Next()
    {
        var request = Corpus.Next(_random);
        for (var i = _random.Next(3); i >= 0; i--)
        {
            Corpus.Of(_random, Mutations.OfParts)(_random, request);
        }

        var bytes = request.ToBytes();
        return _random.Next(5) == 0 ? Corpus.Of(_random, Mutations.OfBytes)(_random, bytes) : bytes;
    }

    private async Task SendAsync(byte[][] requests, CancellationToken cancellationToken)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(_server, cancellationToken);
            _answers = new AnswerReader();
        }

        // Both at once: after a request that is answered with an event stream the server reads no more of the burst.
        var already = _answers.Count;
        var sending = SendAsync([.. requests.SelectMany(request => request)], cancellationToken);
        var isOpen = await ReceiveAsync(already + requests.Length, sending, cancellationToken);
        Done += Math.Max(_answers.Count - already, 1);
        if (!isOpen || _answers.IsLast)
        {
            HangUp();
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
            // Either end has cut off a request before its end, as it may.
        }
    }

    // False when the connection has ended.
    private async Task<bool> ReceiveAsync(int expected, Task sending, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var hasEndedSending = false;
        while (_answers.Count < expected && !_answers.IsLast)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(hasEndedSending ? _bound : _patience);
            try
            {
                var received = await _socket!.ReceiveAsync(_answers.Room(), patience.Token);
                if (received == 0)
                {
                    return false;
                }

                _answers.Received(received);
            }
            catch (SocketException)
            {
                return false;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                if (hasEndedSending)
                {
                    throw new FuzzException($"The server has not ended the connection {_bound.TotalSeconds} s after the client's end.");
                }

                if (sending.IsCompleted)
                {
                    hasEndedSending = true;
                    _socket!.Shutdown(SocketShutdown.Send);
                }
                else if (TimeProvider.System.GetElapsedTime(start) > _bound)
                {
                    throw new FuzzException($"The server has neither read nor answered for {_bound.TotalSeconds} s.");
                }
            }
        }

        return !hasEndedSending;
    }

    // As clients do: in good order, or, every other one, without a word (RST).
    private void HangUp()
    {
        if (_random.Next(2) == 0)
        {
            _socket!.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _socket!.Dispose();
        _socket = null;
    }
}
