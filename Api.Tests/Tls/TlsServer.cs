using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Tls;

/// <summary>A server on https, set up with Kestrel's own settings, and clients that trust its certificate.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TestCertificate _certificate;

    private TlsServer(TestCertificate certificate, ServerProcess process) =>
        (_certificate, Process) = (certificate, process);

    public ServerProcess Process { get; }

    public static async Task<TlsServer> StartAsync(params string[] settings)
    {
        var certificate = TestCertificate.Create();
        return new TlsServer(certificate, await ServerProcess.StartAsync(
        [
            "--urls=https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={certificate.CertificatePath}",
            $"--Kestrel:Certificates:Default:KeyPath={certificate.KeyPath}",
            .. settings,
        ]));
    }

    /// <summary>
    /// A client that opens one connection. Over HTTP/2 one stream buffers <paramref name="window"/> bytes until it is
    /// read.
    /// </summary>
    public HttpClient CreateClient(string version = "2.0", int window = 64 * 1024) =>
        _certificate.CreateClient(Process.Address, version, window);

    public static Task<EventStream> SubscribeAsync(HttpClient http, string page, string? lastEventId = null) =>
        EventStream.OpenAsync(http, $"{ApiClient.PathOf(page)}/events", lastEventId);

    public static async Task<string> PublishAsync(HttpClient http, string page, string data)
    {
        using var response = await http.PostAsync(
            $"{ApiClient.PathOf(page)}/updates", new StringContent(data), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ApiClient.JsonAsync(response)).GetProperty("id").GetString()!;
    }

    public static async Task<int> CountSubscribersAsync(HttpClient http, string page)
    {
        using var response = await http.GetAsync(ApiClient.PathOf(page), TestContext.Current.CancellationToken);
        return (await ApiClient.JsonAsync(response)).GetProperty("subscribers").GetInt32();
    }

    /// <summary>Connects without an HTTP client.</summary>
    public async Task<SslStream> ConnectAsync()
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(Process.Address.Host, Process.Address.Port, TestContext.Current.CancellationToken);
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, _certificate.IsTrusted);
        await tls.AuthenticateAsClientAsync(Process.Address.Host);
        return tls;
    }

    public void Dispose()
    {
        Process.Dispose();
        _certificate.Dispose();
    }
}
