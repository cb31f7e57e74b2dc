using System.Diagnostics;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Examples;

/// <summary>
/// Debian's nginx with a copy of <c>examples/nginx</c>. Its configuration is unchanged except for the ports and what a
/// test adds or replaces.
/// </summary>
internal sealed class NginxServer : IDisposable
{
    private const string Program = "/usr/sbin/nginx";
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private NginxServer(DirectoryInfo folder, Process process, Uri address) =>
        (_folder, _process, Address) = (folder, process, address);

    public Uri Address { get; }

    /// <summary>Starts nginx in front of <paramref name="server"/>.</summary>
    /// <param name="server">The address of LiveStreams.</param>
    /// <param name="directive">What to add to the server's block.</param>
    /// <param name="http">What to add to the block around it.</param>
    /// <param name="locations">What to replace all locations with.</param>
    public static async Task<NginxServer> StartAsync(
        Uri server, string directive = "", string http = "", string? locations = null)
    {
        Assert.True(File.Exists(Program), $"{Program} is not installed; ./test installs it.");
        var address = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        var folder = Directory.CreateTempSubdirectory("livestreams-nginx-");
        var configuration = await Repository.ReadAsync("examples/nginx/nginx.conf");
        configuration = Replace(configuration, "127.0.0.1:8080", server.Authority);
        configuration = Replace(configuration, "listen 8000;", $"listen {address.Port}; {directive}");
        configuration = Replace(configuration, "upstream livestreams {", $"{http} upstream livestreams {{");
        if (locations is not null)
        {
            const string Before = "# Streams are not buffered,";
            configuration = Replace(configuration, Before, $"{locations} }} }} {Before}").Split(Before)[0];
        }

        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "nginx.conf"),
            configuration,
            TestContext.Current.CancellationToken);
        var site = folder.CreateSubdirectory("site");
        File.Copy(Repository.PathOf("examples/nginx/site/index.html"), Path.Combine(site.FullName, "index.html"));
        if (!OperatingSystem.IsWindows())
        {
            // When root starts nginx, its workers run as another user.
            folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        var process = Process.Start(
            Program,
            ["-p", folder.FullName, "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"]);
        var started = new NginxServer(folder, process, address);
        await Wait.UntilAsync(started.AcceptsConnectionsAsync, "nginx accepts connections");
        return started;
    }

    /// <summary>Stops nginx gracefully, so that the master process also stops its workers.</summary>
    public void Dispose()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Replace(string text, string documented, string real)
    {
        Assert.Contains(documented, text, StringComparison.Ordinal);
        return text.Replace(documented, real, StringComparison.Ordinal);
    }

    private async Task<bool> AcceptsConnectionsAsync()
    {
        Assert.False(_process.HasExited, "nginx did not start.");
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(Address.Host, Address.Port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
