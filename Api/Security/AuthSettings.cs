using LiveStreams.Core;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>Who may do what (<c>Auth:*</c>). <see cref="Keys"/> alone are read again while the process runs.</summary>
/// <param name="Keys">The keys that tokens are signed with.</param>
/// <param name="Issuer">What a token's <c>iss</c> must be, or null if any will do.</param>
/// <param name="Audience">What a token's <c>aud</c> must be or contain, or null if any will do.</param>
/// <param name="AllowQueryToken">Whether a token may stand in the query, as <c>access_token</c>.</param>
/// <param name="AnonymousPublish">Whether everyone may publish; null leaves it to <see cref="ListeningRule"/>.</param>
/// <param name="PrivatePages">Pages that only those may read whose token says so.</param>
internal sealed record AuthSettings(
    IReadOnlyList<KeySetting> Keys, string? Issuer, string? Audience, bool AllowQueryToken, bool? AnonymousPublish, IReadOnlyList<PagePattern> PrivatePages)
{
    public const string Section = "Auth";

    private static readonly string[] _names = ["Keys", "Issuer", "Audience", "AllowQueryToken", "AnonymousPublish", "PrivatePages"];

    /// <exception cref="SettingException">A setting does not exist, or cannot be right. The message has no secret in it.</exception>
    public static AuthSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section.GetChildren().FirstOrDefault(child => !_names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new SettingException($"{unknown.Path} is not a setting; {Section} has {string.Join(", ", _names)}.");
        }

        var keys = KeySetting.ReadAll(configuration);
        PagePattern[] pages = [.. SettingList.Read(section.GetSection("PrivatePages")).Select(PatternOf)];
        if (pages.Length > 0 && keys.Count == 0)
        {
            throw new SettingException("Auth:PrivatePages needs a key in Auth:Keys: without one nobody could read them.");
        }

        return new AuthSettings(
            keys, TextOf(section, "Issuer"), TextOf(section, "Audience"), SwitchOf(section, "AllowQueryToken") ?? false, SwitchOf(section, "AnonymousPublish"), pages);
    }

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

    private static PagePattern PatternOf(string text) => PagePattern.TryParse(text, out var pattern)
        ? pattern
        : throw new SettingException($"Auth:PrivatePages has '{text}'; a pattern is a page's name, or the beginning of names and '*'.");

    private static string? TextOf(IConfigurationSection section, string name) => section[name] is { Length: > 0 } text ? text : null;

    private static bool? SwitchOf(IConfigurationSection section, string name) => section[name] switch
    {
        null or "" => null,
        var text => bool.TryParse(text, out var isOn) ? isOn : throw new SettingException($"{Section}:{name} is 'true' or 'false', not '{text}'."),
    };
}
