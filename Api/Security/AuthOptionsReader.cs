using LiveStreams.Core;
using LiveStreams.Hosting;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>
/// Reads and validates <c>Auth:*</c>. Not with the configuration binder, which ignores a list that is one value with
/// commas, loses the path of a key's setting, which messages name instead of its value, and fails at a switch that is
/// set to the empty value. No message has a secret in it.
/// </summary>
internal sealed class AuthOptionsReader(IConfiguration configuration)
    : IConfigureOptions<AuthOptions>, IValidateOptions<AuthOptions>
{
    private static readonly string[] _names =
    [
        "Keys", "Issuer", "Audience", "AllowQueryToken", "AnonymousPublish", "PrivatePages", "RevokedFile", "Audit",
    ];

    private static readonly string[] _switches = ["AllowQueryToken", "AnonymousPublish", "Audit"];

    private readonly IConfigurationSection _section = configuration.GetSection(AuthOptions.Section);

    /// <summary>Reads what can be read; <see cref="Validate"/> refuses the rest.</summary>
    public void Configure(AuthOptions options)
    {
        options.Keys = KeySetting.ReadAll(configuration);
        options.Issuer = FindText("Issuer");
        options.Audience = FindText("Audience");
        options.AllowQueryToken = FindSwitch("AllowQueryToken") ?? false;
        options.AnonymousPublish = FindSwitch("AnonymousPublish");
        options.RevokedFile = FindText("RevokedFile");
        options.Audit = FindSwitch("Audit") ?? false;
        options.PrivatePages =
            [.. ReadPatterns().Where(pattern => pattern.IsValid).Select(pattern => pattern.Pattern)];
    }

    public ValidateOptionsResult Validate(string? name, AuthOptions options) =>
        FindError(options) is { } error ? ValidateOptionsResult.Fail(error) : ValidateOptionsResult.Success;

    private string? FindError(AuthOptions options)
    {
        if (SettingNames.FindError(_section, _names) is { } unknown)
        {
            return unknown;
        }

        if (_switches.FirstOrDefault(name => FindText(name) is not null && FindSwitch(name) is null) is { } invalid)
        {
            return $"{AuthOptions.Section}:{invalid} must be 'true' or 'false', not '{FindText(invalid)}'.";
        }

        if (ReadPatterns().FirstOrDefault(pattern => !pattern.IsValid).Text is { } text)
        {
            return $"Auth:PrivatePages has '{text}'; a pattern is a page's name, "
                + "or a prefix of page names followed by '*'.";
        }

        return options is { PrivatePages.Count: > 0, Keys.Count: 0 }
            ? "Auth:PrivatePages needs a key in Auth:Keys: without a key, no token could grant access to them."
            : KeySetting.FindError(configuration) ?? KeySetting.FindAudienceError(options.Keys, options.Audience);
    }

    private IEnumerable<(string Text, bool IsValid, PagePattern Pattern)> ReadPatterns() =>
        SettingList.Read(_section.GetSection("PrivatePages"))
            .Select(text => (text, PagePattern.TryParse(text, out var pattern), pattern));

    // An empty value, as a variable of the environment may have, is no value.
    private string? FindText(string name) => _section[name] is { Length: > 0 } text ? text : null;

    private bool? FindSwitch(string name) => bool.TryParse(_section[name], out var isOn) ? isOn : null;
}
