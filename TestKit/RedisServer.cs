using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace LiveStreams.TestKit;

/// <summary>
/// A redis-server process with its own folder and port, which a test can pause, kill and start again.
/// </summary>
public sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-redis-");
    private readonly string[] _options;
    private Process _process;

    private RedisServer(string[] options)
    {
        _options = options;
        Port = FreePort();
        _process = Run();
    }

    public int Port { get; }

    public bool IsRunning => !_process.HasExited;

    /// <summary>A connection string without options.</summary>
    public string Connection => $"127.0.0.1:{Port}";

    /// <summary>
    /// Starts a server that stores nothing on disk, except an append-only file if the options ask for one. The first
    /// option may be a configuration file.
    /// </summary>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var server = new RedisServer(options);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>
    /// A port that no process listens on at the moment. It and the one of a cluster's bus, 10,000 above, are not among
    /// those that the system gives to outgoing connections, so none takes it before a server does.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_240, 22_768));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one.
            }
        }
    }

    /// <summary>Runs redis-cli against this server and returns what it prints.</summary>
    public async Task<string> CliAsync(params string[] arguments)
    {
        using var cli = StartCli(arguments);
        var output = await cli.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound);
        await cli.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.TrimEnd();
    }

    /// <summary>Starts redis-cli against this server, for instance to subscribe.</summary>
    public Process StartCli(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("redis-cli", ["-p", $"{Port}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>The number of script calls that it has received.</summary>
    public async Task<int> ScriptCallsAsync()
    {
        var statistics = await CliAsync("INFO", "commandstats");
        return Regex.Matches(statistics, @"cmdstat_eval(?:sha)?:calls=(\d+)")
            .Sum(calls => int.Parse(calls.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until a node with cluster mode serves all slots.</summary>
    public Task WaitForSlotsAsync() => Wait.UntilAsync(
        async () => (await CliAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal),
        "the cluster serves all slots");

    /// <summary>Whether bytes of a client wait to be read (proc(5), net/tcp: rx_queue by local port).</summary>
    public bool HasUnread() => File.ReadLines("/proc/net/tcp")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[1].EndsWith($":{Port:X4}", StringComparison.Ordinal)
            && fields[3] == "01"
            && !fields[4].EndsWith(":00000000", StringComparison.Ordinal));

    /// <summary>SIGSTOP: connections stay open and no command is answered.</summary>
    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Starts it again, on the same port and the same files.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = Run();
        await WaitUntilReadyAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private Process Run()
    {
        var process = Process.Start(new ProcessStartInfo(
            "redis-server",
            [
                .. _options, "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "",
                "--enable-debug-command", "local",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    // Any reply will do, also that a password is missing, unless the server still loads its files.
    private async Task WaitUntilReadyAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var reply = "";
        while (reply.Length == 0 || reply.StartsWith("LOADING", StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, "redis-server did not start.");
            Assert.True(TimeProvider.System.GetElapsedTime(start) < _bound, "redis-server does not respond.");
            reply = await CliAsync("PING");
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
