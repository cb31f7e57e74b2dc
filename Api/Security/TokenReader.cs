using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// Validates tokens: one must be signed with one of the keys, neither expired nor too early, not revoked, and from the
/// issuer and for the audience that are configured.
/// </summary>
internal sealed class TokenReader(
    AuthOptions options, KeyRing ring, RevokedTokens revoked, InvalidTokenLimiter invalidTokens, TimeProvider time)
{
    /// <summary>How far the clocks of a token's issuer and of this machine may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many tokens with a valid signature are remembered, so that a publisher's is not checked for each update. One
    /// more, and all are forgotten.
    /// </summary>
    private const int MaxRemembered = 1024;

    private const string BadSignature = "No key that is configured for the token's algorithm and kid has signed it.";

    private static readonly Refusal _revoked = new(Problem.InvalidToken, "The token has been revoked.");
    private static readonly JsonWebTokenHandler _handler = new();
    private readonly ConcurrentDictionary<string, Token> _remembered = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads a token as it was sent, by a client at <paramref name="address"/>. If it is refused because it is revoked,
    /// <paramref name="token"/> is that token.
    /// </summary>
    public bool TryRead(
        string text,
        ClientAddress address,
        [NotNullWhen(true)] out Token? token,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!TryRecall(text, out token) && !TryValidate(text, address, out token, out refusal))
        {
            return false;
        }

        refusal = revoked.Contains(token) ? _revoked : null;
        return refusal is null;
    }

    // Of a token without a subject. Without the signature, because a token can have several valid ones.
    private static string HashOf(string text)
    {
        var signed = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
        return $"token {Convert.ToHexString(SHA256.HashData(signed))}";
    }

    private bool TryRecall(string text, [NotNullWhen(true)] out Token? token) =>
        _remembered.TryGetValue(text, out token) && !token.Key.IsRetired && token.Expires > time.GetUtcNow();

    // What costs little comes first: a token that has expired, as those of most clients that are refused, costs no
    // signature and does not count.
    private bool TryValidate(
        string text,
        ClientAddress address,
        [NotNullWhen(true)] out Token? token,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        token = null;
        var content = TokenContent.Read(text);
        if ((content.IsValid ? FindTimeError(content.Value) : content.Error) is { } error)
        {
            refusal = new Refusal(Problem.InvalidToken, error);
            return false;
        }

        var candidates = KeyCandidates.Find(ring.Keys, content.Value!.Algorithm, content.Value.Kid);
        if (candidates.Length == 0)
        {
            refusal = new Refusal(Problem.InvalidToken, BadSignature);
            return false;
        }

        if (!invalidTokens.MayCheck(address, out refusal))
        {
            return false;
        }

        var key = FindKey(text, candidates);
        if (!key.IsValid)
        {
            invalidTokens.CountInvalid(address);
            refusal = new Refusal(Problem.InvalidToken, key.Error);
            return false;
        }

        token = Remember(text, content.Value, key.Value);
        return true;
    }

    private Token Remember(string text, TokenContent content, SigningKey key)
    {
        var identity = content.Identity;
        var scope = identity.Subject is { } subject ? SubjectHash.Of(identity.Issuer, subject) : null;
        var token = new Token(scope ?? HashOf(text), scope, identity, content.Grants, content.Expires, key);
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }

        _remembered[text] = token;
        return token;
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

    // The key that has signed the token.
    private TokenResult<SigningKey> FindKey(string text, SigningKey[] candidates)
    {
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, _, _) => candidates.Select(candidate => candidate.Key),
            ValidAlgorithms = [candidates[0].Algorithm],
            ValidateIssuer = options.Issuer is not null,
            ValidIssuer = options.Issuer,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,

            // FindTimeError does, with this process's TimeProvider.
            ValidateLifetime = false,
        };

        // Completes at once, because the keys are at hand.
        var result = _handler.ValidateTokenAsync(text, parameters).GetAwaiter().GetResult();
        return result switch
        {
            { IsValid: true } => candidates.First(candidate => candidate.Key == result.SecurityToken.SigningKey),
            { Exception: SecurityTokenInvalidIssuerException } => "The token is from another issuer.",
            { Exception: SecurityTokenInvalidAudienceException } => "The token is for another audience.",
            _ => BadSignature,
        };
    }
}
