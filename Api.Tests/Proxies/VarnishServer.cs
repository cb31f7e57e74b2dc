using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>A real Varnish with the configuration of <c>deploy/proxies</c>, unchanged except for the address.</summary>
internal sealed class VarnishServer : IDisposable
{
    private const string Program = "/usr/sbin/varnishd";
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private VarnishServer(DirectoryInfo folder, Process process, Uri address) =>
        (_folder, _process, Address) = (folder, process, address);

    public Uri Address { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts it in front of one server.</summary>
    public static async Task<VarnishServer> StartAsync(Uri server)
    {
        Assert.True(File.Exists(Program), $"{Program} is not installed; ./test --all installs it.");
        var address = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        var folder = Directory.CreateTempSubdirectory("livestreams-varnish-");
        var file = Path.Combine(folder.FullName, "varnish.vcl");
        var configuration = ProxyServer.Replace(
            await Repository.ReadAsync("deploy/proxies/varnish.vcl"),
            "\"8080\"",
            $"\"{server.Port.ToString(CultureInfo.InvariantCulture)}\"");
        await File.WriteAllTextAsync(file, configuration, Ct);

        // A worker adds what it has counted after each connection, and not only after several; there is one pool of
        // workers, so that one more connection adds what the others have left.
        var process = Process.Start(
            Program,
            [
                "-F", "-j", "none", "-n", folder.FullName, "-a", address.Authority, "-f", file, "-s", "malloc,16m",
                "-p", "thread_stats_rate=0", "-p", "thread_pools=1",
            ]);
        var started = new VarnishServer(folder, process, address);
        try
        {
            await Wait.UntilAsync(started.AcceptsConnectionsAsync, "Varnish accepts connections");
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Waits until it has counted this many requests, and fails unless it has sent so many of them to the server, and
    /// served the others from its cache.
    /// </summary>
    public async Task AssertCountersAsync(long asked, long hits)
    {
        var counters = await LatestCountersAsync();
        await Wait.UntilAsync(
            async () => (counters = await LatestCountersAsync()).Asked + counters.Hits >= asked + hits,
            $"{asked} requests sent on and {hits} hits are counted");
        Assert.Equal((asked, hits), counters);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>
    /// Of two workers that are done at once, one may keep its counts until a worker is done again. A connection
    /// without a request, which counts as neither, makes one do something.
    /// </summary>
    private async Task<(long Asked, long Hits)> LatestCountersAsync()
    {
        Assert.True(await AcceptsConnectionsAsync(), "Varnish accepts no connections any more.");
        return await CountersAsync();
    }

    private async Task<(long Asked, long Hits)> CountersAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(
            "varnishstat", ["-n", _folder.FullName, "-1", "-j"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        var counters = JsonDocument.Parse(output).RootElement.GetProperty("counters");
        return (Value("MAIN.backend_req"), Value("MAIN.cache_hit"));

        long Value(string name) => counters.GetProperty(name).GetProperty("value").GetInt64();
    }

    private async Task<bool> AcceptsConnectionsAsync()
    {
        Assert.False(_process.HasExited, "Varnish did not start.");
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(Address.Host, Address.Port, Ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
