using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>Who may do what (<c>Auth:*</c>). Only <see cref="Keys"/> are read again while the process runs.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Where the keys come from that tokens are signed with. Default none.</summary>
    public IReadOnlyList<KeySetting> Keys { get; set; } = [];

    /// <summary>What a token's <c>iss</c> must be; null accepts any.</summary>
    public string? Issuer { get; set; }

    /// <summary>What a token's <c>aud</c> must be or contain; null accepts any.</summary>
    public string? Audience { get; set; }

    /// <summary>Whether the query may carry a token, as <c>access_token</c>. Default false.</summary>
    public bool AllowQueryToken { get; set; }

    /// <summary>Whether everyone may publish; null leaves it to <see cref="ListeningRule"/>.</summary>
    public bool? AnonymousPublish { get; set; }

    /// <summary>Pages that only the bearer of a token that grants it may read. Default none.</summary>
    public IReadOnlyList<PagePattern> PrivatePages { get; set; } = [];

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
