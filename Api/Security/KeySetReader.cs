using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
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

    private static readonly string[] _members = ["kty", "use", "alg", "kid", "n", "e", "crv", "x", "y"];

    /// <exception cref="KeyException">It is not a key set, has too many keys, or one of its keys is broken.</exception>
    public static IReadOnlyList<SigningKey> Read(byte[] json)
    {
        try
        {
            using var document = Parse(json);
            var set = document.RootElement.GetProperty("keys").EnumerateArray();
            SigningKey[] keys = [.. set.Select(key => Convert(ReadKey(key))).OfType<SigningKey>()];
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

    private static JsonDocument Parse(byte[] json) =>
        Utf8.IsValid(json) ? JsonDocument.Parse(json, _strict) : throw new FormatException();

    // The library gets only the members that are used. It reads others too, under names in any case, and one of them
    // that it does not accept, in a key that is ignored, would refuse the whole set.
    private static JsonWebKey ReadKey(JsonElement key)
    {
        var used = key.EnumerateObject().Where(member => _members.Contains(member.Name));
        var json = JsonSerializer.Serialize(used.ToDictionary(member => member.Name, member => member.Value));
        return new JsonWebKey(json);
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
