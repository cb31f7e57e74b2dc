using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace LiveStreams.Api.Security;

/// <summary>
/// A JSON Web Key Set (RFC 7517 §5). Taken are its public keys for signatures, RSA and P-256. What else is in it, of a kind, for a use or for an
/// algorithm that is none of ours, is passed over (§5); so are secrets (<c>oct</c>), because a set is there to be read by many.
/// </summary>
internal static class KeySet
{
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <exception cref="KeyException">It is no key set, or one of its keys is broken.</exception>
    public static IReadOnlyList<SigningKey> Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, _options);
            SigningKey[] keys = [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(Read).OfType<SigningKey>()];
            return keys.Length <= KeySetting.MaxKeys ? keys : throw new KeyException($"has {keys.Length} keys, and {KeySetting.MaxKeys} are the most");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or CryptographicException)
        {
            throw new KeyException("is not a set of JSON Web Keys");
        }
    }

    private static SigningKey? Read(JsonElement key)
    {
        var (kind, algorithm, kid) = (Text(key, "kty"), Text(key, "alg"), Text(key, "kid"));
        return Text(key, "use") is not (null or "sig") ? null : (kind, algorithm) switch
        {
            ("RSA", null or "RS256") => SigningKey.Of(RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }), kid, canSign: false),
            ("EC", null or "ES256") when Text(key, "crv") == "P-256" => SigningKey.Of(
                ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }), kid, canSign: false),
            _ => null,
        };
    }

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? value.GetString() : null;

    // A number of no bytes is one that .NET's RSA cannot even refuse.
    private static byte[] Bytes(JsonElement key, string name) =>
        Base64Url.DecodeFromChars(key.GetProperty(name).GetString()) is { Length: > 0 } number ? number : throw new FormatException();
}
