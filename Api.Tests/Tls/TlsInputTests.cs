using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Core;

namespace LiveStreams.Api.Tests.Tls;

/// <summary>What a client sends during its event stream is counted, but an end of TLS is not something sent.</summary>
public sealed class TlsInputTests : IDisposable
{
    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly MeterListener _listener = new();
    private long _cut;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_ends_TLS_is_not_counted_as_one_that_sent_something()
    {
        await using var api = await StartAsync("https");
        await using var tls = await ConnectWithTlsAsync(api.Address);
        await OpenAsync(api, tls);

        await tls.ShutdownAsync();

        await EndAsync(api);
        Assert.Equal(0, Volatile.Read(ref _cut));
    }

    [Fact]
    public async Task A_client_that_sends_something_over_TLS_is_cut()
    {
        await using var api = await StartAsync("https");
        await using var tls = await ConnectWithTlsAsync(api.Address);
        await OpenAsync(api, tls);

        await tls.WriteAsync("x"u8.ToArray(), Ct);

        await EndAsync(api);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    public async Task A_client_that_sends_something_without_TLS_is_cut_and_counted(string http)
    {
        await using var api = await StartAsync("http");
        await using var plain = await ConnectAsync(api.Address);
        await OpenAsync(api, plain, http);

        await plain.WriteAsync("x"u8.ToArray(), Ct);

        await EndAsync(api);
        Assert.Equal(1, Volatile.Read(ref _cut));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private static async Task<Stream> ConnectAsync(Uri address)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port, Ct);
        return tcp.GetStream();
    }

    private static async Task OpenAsync(InProcessApi api, Stream stream, string http = "1.1")
    {
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /pages/home/events HTTP/{http}\r\nHost: {api.Address.Authority}\r\n\r\n"),
            Ct);
        var buffer = new byte[4096];
        var received = "";
        while (!received.Contains("id: 0\n\n", StringComparison.Ordinal))
        {
            received += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Ct));
        }
    }

    private static Task EndAsync(InProcessApi api) => Wait.UntilAsync(
        () => api.Feeds.GetSubscriberCount(PageId.Parse("home")) == 0, "the stream has ended");

    private async Task<InProcessApi> StartAsync(string scheme)
    {
        var api = await InProcessApi.StartAsync(
            "--Store=memory",
            $"--urls={scheme}://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={_certificate.CertificatePath}",
            $"--Kestrel:Certificates:Default:KeyPath={_certificate.KeyPath}");
        var meters = api.Meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "livestreams.connections.cut" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _cut, value));
        _listener.Start();
        return api;
    }

    private async Task<SslStream> ConnectWithTlsAsync(Uri address)
    {
        var pem = await File.ReadAllTextAsync(_certificate.CertificatePath, Ct);
        using var trusted = X509Certificate2.CreateFromPem(pem);
        var thumbprint = trusted.Thumbprint;
        var tls = new SslStream(
            await ConnectAsync(address),
            leaveInnerStreamOpen: false,
            (_, presented, _, _) => presented!.GetCertHashString() == thumbprint);
        await tls.AuthenticateAsClientAsync(address.Host);
        return tls;
    }
}
