using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// Reads a JSON Web Key Set (RFC 7517 §5): its public keys for signatures, RSA and P-256. Keys of another kind, for
/// another use or another algorithm are ignored (§5); so are secrets (<c>oct</c>), because many may read a set.
/// </summary>
internal static class KeySetReader
{
    private const int MaxDepth = 8;

    private static readonly JsonDocumentOptions _strict = new()
    {
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
    };

    private static readonly UTF8Encoding _strictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="KeyException">It is not a key set, has too many keys, or one of its keys is broken.</exception>
    public static IReadOnlyList<SigningKey> Read(byte[] json)
    {
        try
        {
            Check(json);
            var set = new JsonWebKeySet(_strictUtf8.GetString(json));
            SigningKey[] keys = [.. set.Keys.Select(Convert).OfType<SigningKey>()];
            return keys.Length <= KeySetting.MaxKeys
                ? keys
                : throw new KeyException($"has {keys.Length} keys; at most {KeySetting.MaxKeys} are allowed");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException
            or InvalidOperationException or KeyNotFoundException or CryptographicException)
        {
            throw new KeyException("is not a set of JSON Web Keys");
        }
    }

    // What the library lets pass: a set without keys, a key that is not an object, and of two members of one name the
    // last one.
    private static void Check(byte[] json)
    {
        using var document = JsonDocument.Parse(json, _strict);
        var keys = document.RootElement.GetProperty("keys").EnumerateArray();
        if (keys.Any(key => key.ValueKind != JsonValueKind.Object))
        {
            throw new FormatException();
        }
    }

    private static SigningKey? Convert(JsonWebKey key) => (key.Use, key.Kty, key.Alg) switch
    {
        (null or "sig", "RSA", null or SecurityAlgorithms.RsaSha256) => SigningKey.FromRsa(
            RSA.Create(new RSAParameters { Modulus = Decode(key.N), Exponent = Decode(key.E) }),
            key.Kid,
            canSign: false),
        (null or "sig", "EC", null or SecurityAlgorithms.EcdsaSha256) when key.Crv == "P-256" => SigningKey.FromEcdsa(
            ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Decode(key.X), Y = Decode(key.Y) },
            }),
            key.Kid,
            canSign: false),
        _ => null,
    };

    // .NET's RSA cannot even refuse a number without bytes.
    private static byte[] Decode(string? number) =>
        Base64Url.DecodeFromChars(number) is { Length: > 0 } bytes ? bytes : throw new FormatException();
}
