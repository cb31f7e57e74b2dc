using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Security;

/// <summary>
/// Who made a request, as the audit log shows it: nothing that a client or an issuer chose can end a line or a quoted
/// value of the log.
/// </summary>
/// <param name="Subject"><c>sub:</c> and the subject of its token; without a token, <c>anonymous</c>.</param>
/// <param name="TokenId">The <c>jti</c> of its token, or empty.</param>
/// <param name="Issuer">The <c>iss</c> of its token, or empty.</param>
/// <param name="Address">Its address; behind a trusted proxy, the visitor's.</param>
internal sealed record AuditCaller(string Subject, string TokenId, string Issuer, string Address)
{
    private const int MaxLength = 200;

    public static AuditCaller Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unix";

        // A revoked token is no token of the request, but it says who was refused.
        var identity = context.Features.Get<Token>()?.Identity ?? context.Features.Get<TokenIdentity>();
        return identity is null
            ? new AuditCaller("anonymous", "", "", address)
            : new AuditCaller(
                $"sub:{Escape(identity.Subject)}", Escape(identity.TokenId), Escape(identity.Issuer), address);
    }

    /// <summary>
    /// The text with <c>\uXXXX</c> for quotes, backslashes and all that is not visible; of a long one, the beginning.
    /// </summary>
    public static string Escape(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var escaped = new StringBuilder();
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (IsPlain(character))
            {
                escaped.Append(character);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
        }

        return escaped.ToString();
    }

    private static bool IsPlain(char character) => character is not ('"' or '\\')
        && char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
