using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace LiveStreams.Api.Security;

/// <summary>
/// What a token says, before anyone has looked whether it is true. Read strictly, and before the library reads it: three parts, so none that is encrypted or not
/// signed; bounded in size and depth; no member twice, which two readers could take for different ones (RFC 8725 §2.4, §3).
/// </summary>
internal sealed record TokenContent(string Algorithm, string? Kid, string? Subject, DateTimeOffset NotBefore, DateTimeOffset Expires, Grants Grants)
{
    /// <summary>The longest token, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const int MaxDepth = 8;
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly SearchValues<char> _alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static bool TryRead(string token, [NotNullWhen(true)] out TokenContent? content, [NotNullWhen(false)] out string? error)
    {
        content = null;
        error = "The token is not a signed JWT.";
        if (token.Length > MaxLength)
        {
            error = $"The token has more than {MaxLength} characters.";
            return false;
        }

        Span<Range> parts = stackalloc Range[4];
        if (token.AsSpan().ContainsAnyExcept(_alphabet) || token.AsSpan().Split(parts, '.') != 3 || parts[2].End.Value == parts[2].Start.Value)
        {
            return false;
        }

        try
        {
            using var header = Parse(token.AsSpan()[parts[0]]);
            using var claims = Parse(token.AsSpan()[parts[1]]);
            return TryRead(header.RootElement, claims.RootElement, out content, out error);
        }
        catch (Exception notJson) when (notJson is JsonException or FormatException or InvalidOperationException)
        {
            error = "The token's header or claims are not a JSON object, or one that is nested deeply or names something twice.";
            return false;
        }
    }

    private static JsonDocument Parse(ReadOnlySpan<char> part)
    {
        var json = Base64Url.DecodeFromChars(part);
        return Utf8.IsValid(json) ? JsonDocument.Parse(json, _options) : throw new FormatException();
    }

    private static bool TryRead(JsonElement header, JsonElement claims, [NotNullWhen(true)] out TokenContent? content, [NotNullWhen(false)] out string? error)
    {
        content = null;

        // Whoever does not understand an extension that is critical must refuse it (RFC 7515 §4.1.11); none is understood here.
        error = "The token's header has no alg, or a kid that is not a string, or crit.";
        if (!TryText(header, "alg", out var algorithm) || algorithm is null || !TryText(header, "kid", out var kid) || header.TryGetProperty("crit", out _))
        {
            return false;
        }

        error = "The token's sub is not a string.";
        if (!TryText(claims, "sub", out var subject))
        {
            return false;
        }

        error = "The token has no exp, or times that are not seconds since 1970.";
        if (!TryTime(claims, "exp", out var expires) || expires is null || !TryTime(claims, "nbf", out var notBefore) || !TryTime(claims, "iat", out _))
        {
            return false;
        }

        if (!Grants.TryRead(claims, out var grants, out error))
        {
            return false;
        }

        content = new TokenContent(algorithm, kid, subject, notBefore ?? DateTimeOffset.MinValue, expires.Value, grants);
        return true;
    }

    private static bool TryText(JsonElement root, string name, out string? text)
    {
        var isThere = root.TryGetProperty(name, out var value);
        text = isThere && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !isThere || text is not null;
    }

    // NumericDate (RFC 7519 §2): seconds, perhaps with a fraction, in the years that .NET knows.
    private static bool TryTime(JsonElement root, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!root.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= 253_402_300_799))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
