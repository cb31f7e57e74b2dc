using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>Tells whether a token is good: signed with one of the keys, in time, from the issuer and for the audience that are configured.</summary>
internal sealed class TokenReader(AuthSettings settings, KeyRing ring, TimeProvider time)
{
    /// <summary>How far the clocks of whoever made a token and of this machine may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>Good tokens that are remembered, so that a publisher's signature is not checked for each update. Then all are forgotten.</summary>
    private const int MaxRemembered = 1024;

    private const string BadSignature = "No key that is configured for the token's algorithm and kid has signed it.";

    private static readonly JsonWebTokenHandler _library = new();
    private readonly ConcurrentDictionary<string, Token> _remembered = new(StringComparer.Ordinal);

    /// <summary>Reads a token as it was sent; <paramref name="error"/> says in one sentence what is wrong with it, and nothing that it holds.</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out Token? token, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (_remembered.TryGetValue(text, out token) && !token.Key.IsGone && token.Expires > time.GetUtcNow())
        {
            return true;
        }

        token = null;
        if (!TokenContent.TryRead(text, out var content, out error) || !TryVerify(text, content, out var key, out error))
        {
            return false;
        }

        var now = time.GetUtcNow();
        error = now - ClockSkew >= content.Expires ? "The token has expired." : now + ClockSkew < content.NotBefore ? "The token is not valid yet." : null;
        if (error is not null)
        {
            return false;
        }

        token = new Token(SubjectOf(text, content), content.Grants, content.Expires, key);
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }

        _remembered[text] = token;
        return true;
    }

    // Without its signature, of which there can be several that are good.
    private static string SubjectOf(string text, TokenContent content) =>
        content.Subject is { } subject ? $"sub {subject}" : $"token {Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')])))}";

    private bool TryVerify(string text, TokenContent content, [NotNullWhen(true)] out SigningKey? signer, [NotNullWhen(false)] out string? error)
    {
        signer = null;
        error = BadSignature;
        foreach (var key in ring.Keys)
        {
            if (key.Algorithm != content.Algorithm || (content.Kid is not null && key.Kid is not null && key.Kid != content.Kid))
            {
                continue;
            }

            error = FindError(text, key);
            if (error is null)
            {
                signer = key;
                return true;
            }

            if (error != BadSignature)
            {
                return false;
            }
        }

        return false;
    }

    private string? FindError(string text, SigningKey key)
    {
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
            ValidAlgorithms = [key.Algorithm],
            ValidateIssuer = settings.Issuer is not null,
            ValidIssuer = settings.Issuer,
            ValidateAudience = settings.Audience is not null,
            ValidAudience = settings.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,

            // By this process's TimeProvider, in TryRead.
            ValidateLifetime = false,
        };

        // It has nothing to wait for, as the key is there.
        var result = _library.ValidateTokenAsync(text, parameters).GetAwaiter().GetResult();
        return result.IsValid ? null : result.Exception switch
        {
            SecurityTokenInvalidIssuerException => "The token is from another issuer.",
            SecurityTokenInvalidAudienceException => "The token is for another audience.",
            _ => BadSignature,
        };
    }
}
