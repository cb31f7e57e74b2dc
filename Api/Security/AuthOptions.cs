using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>Who may do what (<c>Auth:*</c>). Only <see cref="Keys"/>, and the
/// content of <see cref="RevokedFile"/>, are read again while the process runs.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Where the keys come from that tokens are signed with. Default none.</summary>
    public IReadOnlyList<KeySetting> Keys { get; set; } = [];

    /// <summary>What a token's <c>iss</c> must be; null accepts any.</summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// What a token's <c>aud</c> must be or contain; null accepts any, and is not allowed with a <c>JwksUrl</c>.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>Whether the query may carry a token, as <c>access_token</c>. Default false.</summary>
    public bool AllowQueryToken { get; set; }

    /// <summary>Whether everyone may publish; null leaves it to <see cref="ListeningRule"/>.</summary>
    public bool? AnonymousPublish { get; set; }

    /// <summary>Pages that only the bearer of a token that grants it may read. Default none.</summary>
    public IReadOnlyList<PagePattern> PrivatePages { get; set; } = [];

    /// <summary>A file that lists revoked tokens (<see cref="RevocationList"/>). Default none.</summary>
    public string? RevokedFile { get; set; }

    /// <summary>Whether changes and refusals are logged (<see cref="AuditLog"/>). Default false.</summary>
    public bool Audit { get; set; }

    public bool IsPrivate(PageId page)
    {
        foreach (var pattern in PrivatePages)
        {
            if (pattern.Matches(page))
            {
                return true;
            }
        }

        return false;
    }
}
