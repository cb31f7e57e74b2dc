using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// Validates tokens: one must be signed with one of the keys, neither expired nor too early, and from the issuer and
/// for the audience that are configured.
/// </summary>
internal sealed class TokenReader(AuthOptions options, KeyRing ring, TimeProvider time)
{
    /// <summary>How far the clocks of a token's issuer and of this machine may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many valid tokens are remembered, so that a publisher's signature is not checked for each update. One more,
    /// and all are forgotten.
    /// </summary>
    private const int MaxRemembered = 1024;

    private const string BadSignature = "No key that is configured for the token's algorithm and kid has signed it.";

    private static readonly JsonWebTokenHandler _handler = new();
    private readonly ConcurrentDictionary<string, Token> _remembered = new(StringComparer.Ordinal);

    /// <summary>Reads a token as it was sent.</summary>
    public TokenResult<Token> Read(string text)
    {
        if (_remembered.TryGetValue(text, out var remembered)
            && !remembered.Key.IsRetired
            && remembered.Expires > time.GetUtcNow())
        {
            return remembered;
        }

        var content = TokenContent.Read(text);
        if (!content.IsValid)
        {
            return content.Error;
        }

        var key = FindKey(text, content.Value);
        if (!key.IsValid)
        {
            return key.Error;
        }

        if (FindTimeError(content.Value) is { } error)
        {
            return error;
        }

        var scope = content.Value.Subject is { } subject ? SubjectHash.Of(content.Value.Issuer, subject) : null;
        var token = new Token(
            scope ?? HashOf(text), scope, content.Value.Grants, content.Value.Expires, key.Value);
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }

        _remembered[text] = token;
        return token;
    }

    // Of a token without a subject. Without the signature, because a token can have several valid ones.
    private static string HashOf(string text)
    {
        var signed = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
        return $"token {Convert.ToHexString(SHA256.HashData(signed))}";
    }

    private string? FindTimeError(TokenContent content)
    {
        var now = time.GetUtcNow();
        if (now - ClockSkew >= content.Expires)
        {
            return "The token has expired.";
        }

        return now + ClockSkew < content.NotBefore ? "The token is not valid yet." : null;
    }

    private TokenResult<SigningKey> FindKey(string text, TokenContent content)
    {
        foreach (var key in ring.Keys)
        {
            if (key.Algorithm != content.Algorithm
                || (content.Kid is not null && key.Kid is not null && key.Kid != content.Kid))
            {
                continue;
            }

            var error = FindError(text, key);
            if (error is null)
            {
                return key;
            }

            if (error != BadSignature)
            {
                return error;
            }
        }

        return BadSignature;
    }

    private string? FindError(string text, SigningKey key)
    {
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
            ValidAlgorithms = [key.Algorithm],
            ValidateIssuer = options.Issuer is not null,
            ValidIssuer = options.Issuer,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,

            // FindTimeError does, with this process's TimeProvider.
            ValidateLifetime = false,
        };

        // Completes at once, because the key is at hand.
        var result = _handler.ValidateTokenAsync(text, parameters).GetAwaiter().GetResult();
        return result.IsValid ? null : result.Exception switch
        {
            SecurityTokenInvalidIssuerException => "The token is from another issuer.",
            SecurityTokenInvalidAudienceException => "The token is for another audience.",
            _ => BadSignature,
        };
    }
}
