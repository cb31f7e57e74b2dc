using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LiveStreams.TestKit;

/// <summary>A self-signed certificate for localhost and its key, in files.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-tls-");

    private TestCertificate()
    {
    }

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

    public static TestCertificate Create()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        var files = new TestCertificate();
        File.WriteAllText(files.CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
