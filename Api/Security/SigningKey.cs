using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// One key, for one algorithm. The algorithm that a token names selects the keys it is checked with, never how a key
/// is used (RFC 8725 §3.1): a public key is never taken for the secret of an HMAC.
/// </summary>
internal sealed class SigningKey
{
    public const string HmacSha256 = SecurityAlgorithms.HmacSha256;

    public static readonly string[] PublicKeyAlgorithms =
        [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    private const int MinRsaBits = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";
    private volatile bool _isRetired;

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

    /// <summary>The same for the same key, each time it is read.</summary>
    public string Identity { get; }

    /// <summary>Whether the key is no longer configured: the tokens it has signed are no longer valid.</summary>
    public bool IsRetired => _isRetired;

    public static SigningKey FromSecret(byte[] secret, string? kid) =>
        new(new SymmetricSecurityKey(secret), HmacSha256, kid, canSign: true, secret);

    /// <exception cref="KeyException">The key is too small.</exception>
    public static SigningKey FromRsa(RSA rsa, string? kid, bool canSign) => rsa.KeySize >= MinRsaBits
        ? new SigningKey(
            new RsaSecurityKey(rsa),
            SecurityAlgorithms.RsaSha256,
            kid,
            canSign,
            rsa.ExportSubjectPublicKeyInfo())
        : throw new KeyException($"has an RSA key of {rsa.KeySize} bits; at least {MinRsaBits} are needed");

    /// <exception cref="KeyException">The key is on another curve than P-256.</exception>
    public static SigningKey FromEcdsa(ECDsa ecdsa, string? kid, bool canSign) => IsOnP256(ecdsa)
        ? new SigningKey(
            new ECDsaSecurityKey(ecdsa),
            SecurityAlgorithms.EcdsaSha256,
            kid,
            canSign,
            ecdsa.ExportSubjectPublicKeyInfo())
        : throw new KeyException("has an EC key that is not on the curve P-256");

    public void Retire() => _isRetired = true;

    private static bool IsOnP256(ECDsa ecdsa) =>
        ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256;
}
