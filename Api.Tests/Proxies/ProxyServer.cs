using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>
/// A real proxy with a copy of its configuration of <c>deploy/proxies</c>, which is unchanged except for addresses and
/// what a test edits. Its folder also has a certificate and the page of <c>examples/nginx</c>.
/// </summary>
internal sealed class ProxyServer : IDisposable
{
    private const string HttpPort = "8000";
    private const string HttpsPort = "8443";
    private static readonly string[] _servers = ["127.0.0.1:8080", "127.0.0.1:8081"];

    private readonly DirectoryInfo _folder;
    private readonly TestCertificate _certificate;
    private readonly Process _process;
    private readonly Uri _secureAddress;
    private readonly ConcurrentQueue<string?> _output = new();

    private ProxyServer(
        DirectoryInfo folder, TestCertificate certificate, Process process, Uri address, Uri secureAddress)
    {
        (_folder, _certificate, _process) = (folder, certificate, process);
        (Address, _secureAddress) = (address, secureAddress);
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data);
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens without TLS.</summary>
    public Uri Address { get; }

    /// <summary>What it has printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a proxy in front of one server.</summary>
    /// <param name="proxy">One of <see cref="ProxyProgram.Names"/>.</param>
    /// <param name="server">The address of LiveStreams.</param>
    /// <param name="edit">Changes the configuration.</param>
    public static Task<ProxyServer> StartAsync(string proxy, Uri server, Func<string, string>? edit = null) =>
        StartAsync(proxy, server, server, edit);

    /// <summary>Starts a proxy in front of two servers.</summary>
    public static async Task<ProxyServer> StartAsync(
        string proxy, Uri first, Uri second, Func<string, string>? edit = null)
    {
        var program = ProxyProgram.Find(proxy);
        Assert.True(File.Exists(program.Path), $"{program.Path} is not installed; ./test installs it.");
        var address = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        var secureAddress = new Uri($"https://localhost:{RedisServer.FreePort()}");
        var configuration = await Repository.ReadAsync($"deploy/proxies/{program.Configuration}");
        configuration = edit?.Invoke(configuration) ?? configuration;

        // The documented ports of the servers are replaced last, because a real port may contain one of the others.
        configuration = Replace(configuration, HttpPort, "{http}");
        configuration = Replace(configuration, HttpsPort, "{https}");
        configuration = Replace(configuration, _servers[0], first.Authority);
        configuration = Replace(configuration, _servers[1], second.Authority);
        configuration = configuration
            .Replace("{http}", address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{https}", secureAddress.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("livestreams-proxy-");
        var certificate = TestCertificate.Create();
        await PrepareAsync(folder, certificate, program.Configuration, configuration);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program.Path, program.Arguments)
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.StartInfo.Environment["HOME"] = folder.FullName; // Caddy keeps its state there.
        var started = new ProxyServer(folder, certificate, process, address, secureAddress);
        try
        {
            await Wait.UntilAsync(started.AcceptsConnectionsAsync, $"{proxy} accepts connections");
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Replaces a text of a configuration, which must be there.</summary>
    public static string Replace(string text, string documented, string real)
    {
        Assert.Contains(documented, text, StringComparison.Ordinal);
        return text.Replace(documented, real, StringComparison.Ordinal);
    }

    /// <summary>A client over HTTP/2 and TLS, as a browser is one.</summary>
    public HttpClient CreateHttp2Client() => _certificate.CreateClient(_secureAddress);

    /// <summary>Stops the proxy gracefully, so that it also stops its workers.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
            _process.WaitForExit();
        }

        _process.Dispose();
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task PrepareAsync(
        DirectoryInfo folder, TestCertificate certificate, string file, string configuration)
    {
        var ct = TestContext.Current.CancellationToken;
        var (cert, key) = (
            await File.ReadAllTextAsync(certificate.CertificatePath, ct),
            await File.ReadAllTextAsync(certificate.KeyPath, ct));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), configuration, ct);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cert.pem"), cert, ct);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "key.pem"), key, ct);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "site.pem"), $"{cert}\n{key}\n", ct);
        var site = folder.CreateSubdirectory("site");
        File.Copy(Repository.PathOf("examples/nginx/site/index.html"), Path.Combine(site.FullName, "index.html"));
        if (!OperatingSystem.IsWindows())
        {
            // When root starts nginx, its workers run as another user.
            folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }
    }

    // The proxy opens one of its two ports before the other.
    private async Task<bool> AcceptsConnectionsAsync()
    {
        Assert.False(_process.HasExited, $"The proxy did not start: {Output}");
        using var socket = new TcpClient();
        using var secureSocket = new TcpClient();
        try
        {
            await socket.ConnectAsync(Address.Host, Address.Port, TestContext.Current.CancellationToken);
            await secureSocket.ConnectAsync(Address.Host, _secureAddress.Port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
