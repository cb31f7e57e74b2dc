using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// One key, for one algorithm: what a token says of its algorithm chooses among the keys that are for it, and never how a key is used (RFC 8725 §3.1).
/// So a public key is never taken for the secret of an HMAC.
/// </summary>
internal sealed class SigningKey
{
    public const string HmacSha256 = SecurityAlgorithms.HmacSha256;

    public static readonly string[] PublicKeyAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    private const int MinRsaBits = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";
    private volatile bool _isGone;

    private SigningKey(SecurityKey key, string algorithm, string? kid, bool canSign, ReadOnlySpan<byte> material)
    {
        // Verifiers are made for each token: the library's cache of them would grow with every key that ever was.
        key.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        key.KeyId = kid;
        (Key, Algorithm, Kid, CanSign) = (key, algorithm, kid, canSign);
        Identity = $"{algorithm} {Convert.ToHexString(SHA256.HashData(material))} {kid}";
    }

    public SecurityKey Key { get; }

    public string Algorithm { get; }

    public string? Kid { get; }

    public bool CanSign { get; }

    /// <summary>The same for the same key, however often it is read.</summary>
    public string Identity { get; }

    /// <summary>Once it is no longer among the configured keys: what it has signed counts no more.</summary>
    public bool IsGone => _isGone;

    public static SigningKey OfSecret(byte[] secret, string? kid) => new(new SymmetricSecurityKey(secret), HmacSha256, kid, canSign: true, secret);

    /// <exception cref="KeyException">The key is too small.</exception>
    public static SigningKey Of(RSA rsa, string? kid, bool canSign) => rsa.KeySize >= MinRsaBits
        ? new SigningKey(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256, kid, canSign, rsa.ExportSubjectPublicKeyInfo())
        : throw new KeyException($"has an RSA key of {rsa.KeySize} bits; it needs {MinRsaBits}");

    /// <exception cref="KeyException">The key is on another curve than P-256.</exception>
    public static SigningKey Of(ECDsa ecdsa, string? kid, bool canSign) => ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
        ? new SigningKey(new ECDsaSecurityKey(ecdsa), SecurityAlgorithms.EcdsaSha256, kid, canSign, ecdsa.ExportSubjectPublicKeyInfo())
        : throw new KeyException("has an EC key that is not on the curve P-256");

    public void Retire() => _isGone = true;
}
