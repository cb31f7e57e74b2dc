using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LiveStreams.Api.Security;

/// <summary>
/// What a token says, before its signature is checked. It is read strictly, and before the library reads it: it has
/// three parts, so it is neither encrypted nor unsigned; its size and depth are bounded; and no member is there twice,
/// because two readers could take different ones (RFC 8725 §2.4, §3).
/// </summary>
internal sealed record TokenContent(
    string Algorithm,
    string? Kid,
    TokenIdentity Identity,
    DateTimeOffset NotBefore,
    DateTimeOffset Expires,
    Grants Grants)
{
    /// <summary>The longest token, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const int MaxDepth = 8;

    private static readonly JsonDocumentOptions _strict = new()
    {
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
    };

    private static readonly SearchValues<char> _alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static TokenResult<TokenContent> Read(string token)
    {
        if (token.Length > MaxLength)
        {
            return $"The token has more than {MaxLength} characters.";
        }

        Span<Range> parts = stackalloc Range[4];
        if (token.AsSpan().ContainsAnyExcept(_alphabet)
            || token.AsSpan().Split(parts, '.') != 3
            || parts[2].End.Value == parts[2].Start.Value)
        {
            return "The token is not a signed JWT.";
        }

        try
        {
            using var header = ParsePart(token.AsSpan()[parts[0]]);
            using var claims = ParsePart(token.AsSpan()[parts[1]]);
            return Read(header.RootElement, claims.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return "The token's header or claims are not a JSON object, are nested too deeply, or have a member twice.";
        }
    }

    private static JsonDocument ParsePart(ReadOnlySpan<char> part)
    {
        var json = Base64Url.DecodeFromChars(part);
        return Utf8.IsValid(json) ? JsonDocument.Parse(json, _strict) : throw new FormatException();
    }

    private static TokenResult<TokenContent> Read(JsonElement header, JsonElement claims)
    {
        // A reader that does not know a critical extension must refuse it (RFC 7515 §4.1.11); this one knows none.
        if (!TryReadText(header, "alg", out var algorithm)
            || algorithm is null
            || !TryReadText(header, "kid", out var kid)
            || header.TryGetProperty("crit", out _))
        {
            return "The token's header has no alg, or a kid that is not a string, or crit.";
        }

        if (!TryReadName(claims, "iss", out var issuer)
            || !TryReadName(claims, "sub", out var subject)
            || !TryReadName(claims, "jti", out var tokenId))
        {
            return "The token's iss, sub or jti is not a string, or has control characters or outer spaces.";
        }

        if (!TryReadTime(claims, "exp", out var expires)
            || expires is null
            || !TryReadTime(claims, "nbf", out var notBefore)
            || !TryReadTime(claims, "iat", out _))
        {
            return "The token has no exp, or times that are not seconds since 1970.";
        }

        var grants = Grants.Read(claims);
        return grants.IsValid
            ? new TokenContent(
                algorithm,
                kid,
                new TokenIdentity(issuer, subject, tokenId),
                notBefore ?? DateTimeOffset.MinValue,
                expires.Value,
                grants.Value)
            : grants.Error;
    }

    // A name that a line of the list of revoked tokens can have (RevocationList).
    private static bool TryReadName(JsonElement claims, string name, out string? text) =>
        TryReadText(claims, name, out text)
        && (text is null || (text.Trim().Length == text.Length && !text.Any(char.IsControl)));

    private static bool TryReadText(JsonElement root, string name, out string? text)
    {
        var exists = root.TryGetProperty(name, out var value);
        text = exists && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !exists || text is not null;
    }

    // NumericDate (RFC 7519 §2): seconds, perhaps with a fraction, in the years that .NET knows.
    private static bool TryReadTime(JsonElement root, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!root.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number
            || !value.TryGetDouble(out var seconds)
            || seconds is not (>= 0 and <= 253_402_300_799))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
