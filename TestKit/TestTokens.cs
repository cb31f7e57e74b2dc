using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LiveStreams.TestKit;

/// <summary>Hand-made tokens, which can be wrong in every way, and the keys that sign them.</summary>
public sealed class TestTokens : IDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "livestreams";
    public const string Everything = """{"publish":["*"],"posts":["*"],"end":["*"],"subscribe":["*"]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-keys-");

    public TestTokens()
    {
        File.WriteAllText(RsaPublicFile, Rsa.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(RsaPrivateFile, Rsa.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(EcPublicFile, Ec.ExportSubjectPublicKeyInfoPem());
    }

    public string Secret { get; } = $"marker-{Convert.ToHexString(RandomNumberGenerator.GetBytes(24))}";

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Folder => _folder.FullName;

    public string RsaPublicFile => Path.Combine(_folder.FullName, "rsa.pem");

    public string RsaPrivateFile => Path.Combine(_folder.FullName, "rsa-private.pem");

    public string EcPublicFile => Path.Combine(_folder.FullName, "ec.pem");

    public string SetFile => Path.Combine(_folder.FullName, "keys.json");

    /// <summary>A key of each kind, the issuer and the audience.</summary>
    public string[] Settings =>
    [
        $"--Auth:Keys:0:Secret={Secret}", "--Auth:Keys:0:Kid=secret",
        $"--Auth:Keys:1:PemFile={RsaPublicFile}", "--Auth:Keys:1:Kid=rsa",
        $"--Auth:Keys:2:PemFile={EcPublicFile}",
        $"--Auth:Issuer={Issuer}", $"--Auth:Audience={Audience}",
    ];

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>A valid claim set, unless an argument makes it invalid.</summary>
    public static string Claims(
        string grants = Everything,
        long expiresIn = 600,
        long? validIn = null,
        string issuer = Issuer,
        string audience = Audience)
    {
        var notBefore = validIn is { } seconds ? $",\"nbf\":{Now + seconds}" : "";
        var lifetime = $"\"exp\":{Now + expiresIn}{notBefore}";
        return $$"""{"iss":"{{issuer}}","aud":"{{audience}}",{{lifetime}},"livestreams":{{grants}}}""";
    }

    public string Hmac(string? claims = null, string header = """{"alg":"HS256","typ":"JWT","kid":"secret"}""") =>
        Hmac(claims ?? Claims(), header, Encoding.UTF8.GetBytes(Secret));

    public static string Hmac(string claims, string header, byte[] secret) =>
        Join(header, claims, input => HMACSHA256.HashData(secret, input));

    public string SignRsa(string? claims = null, string header = """{"alg":"RS256","kid":"rsa"}""") =>
        Join(
            header,
            claims ?? Claims(),
            input => Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public string SignEc(string? claims = null, string header = """{"alg":"ES256"}""") =>
        Join(header, claims ?? Claims(), input => Ec.SignData(input, HashAlgorithmName.SHA256));

    public static string WithoutSignature(string header) => $"{Encode(header)}.{Encode(Claims())}.";

    public static string Encode(string json) => Encode(Encoding.UTF8.GetBytes(json));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>A key set with the RSA key and the P-256 key, under these ids.</summary>
    public string KeySet(string rsaId = "rsa", string ecId = "ec")
    {
        var (rsa, ec) = (Rsa.ExportParameters(false), Ec.ExportParameters(false));
        return JsonSerializer.Serialize(new
        {
            keys = new object[]
            {
                new
                {
                    kty = "RSA",
                    kid = rsaId,
                    use = "sig",
                    alg = "RS256",
                    n = Encode(rsa.Modulus!),
                    e = Encode(rsa.Exponent!),
                },
                new { kty = "EC", kid = ecId, crv = "P-256", x = Encode(ec.Q.X!), y = Encode(ec.Q.Y!) },
                new { kty = "OKP", crv = "Ed25519", x = Encode(new byte[32]) },
                new { kty = "oct", k = Encode(Encoding.UTF8.GetBytes("a secret in a set that many read")) },
            },
        });
    }

    public void Dispose()
    {
        Rsa.Dispose();
        Ec.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Join(string header, string claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Encode(header)}.{Encode(claims)}";
        return $"{input}.{Encode(sign(Encoding.ASCII.GetBytes(input)))}";
    }
}
