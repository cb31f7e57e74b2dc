using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Bench.Servers;

/// <summary>A child process that listens on a port of 127.0.0.1.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int MaxOutputLines = 20;
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _connectInterval = TimeSpan.FromMilliseconds(20);
    private readonly Process _process;
    private readonly Queue<string> _output = new();

    private ServerProcess(string program, IEnumerable<string> arguments, int port)
    {
        Port = port;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => KeepOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => KeepOutput(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public int Port { get; }

    /// <summary>The newest lines that the process wrote.</summary>
    private string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join(Environment.NewLine, _output);
            }
        }
    }

    /// <summary>Returns a port that no process listens on now.</summary>
    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program and waits until it accepts connections.</summary>
    /// <exception cref="BenchException">The program exited, or did not listen within 30 s.</exception>
    public static async Task<ServerProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        int port,
        CancellationToken cancellationToken)
    {
        var process = new ServerProcess(program, arguments, port);
        try
        {
            var start = Stopwatch.GetTimestamp();
            while (!await process.IsListeningAsync(cancellationToken))
            {
                if (process._process.HasExited || Stopwatch.GetElapsedTime(start) > _startTimeout)
                {
                    throw new BenchException($"{program} did not start: {process.Output}");
                }

                await Task.Delay(_connectInterval, TimeProvider.System, cancellationToken);
            }

            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private void KeepOutput(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > MaxOutputLines)
            {
                _output.Dequeue();
            }
        }
    }
}
