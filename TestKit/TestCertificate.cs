using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LiveStreams.TestKit;

/// <summary>A self-signed certificate for localhost and its key, in files.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-tls-");

    private readonly string _thumbprint;

    private TestCertificate(string thumbprint) => _thumbprint = thumbprint;

    public string CertificatePath => Path.Combine(_folder.FullName, "localhost.pem");

    public string KeyPath => Path.Combine(_folder.FullName, "localhost.key");

    /// <summary>The options of a redis-server with this certificate, besides <c>--tls-port</c>.</summary>
    public string[] RedisOptions =>
    [
        "--tls-cert-file", CertificatePath,
        "--tls-key-file", KeyPath,
        "--tls-ca-cert-file", CertificatePath,
        "--tls-auth-clients", "no",
    ];

    /// <summary>Creates one that expires after this time, or in a day.</summary>
    public static TestCertificate Create(TimeSpan? validFor = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + (validFor ?? TimeSpan.FromDays(1)));

        var files = new TestCertificate(certificate.Thumbprint);
        File.WriteAllText(files.CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>
    /// A client that trusts this certificate only, and opens one connection. Over HTTP/2 one stream buffers
    /// <paramref name="window"/> bytes until it is read.
    /// </summary>
    public HttpClient CreateClient(Uri address, string version = "2.0", int window = 64 * 1024)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            InitialHttp2StreamWindowSize = window,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        return new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>For a client: whether the server has presented this certificate.</summary>
    public bool IsTrusted(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors) =>
        presented!.GetCertHashString() == _thumbprint;

    public void Dispose() => _folder.Delete(recursive: true);
}
