using System.Text;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Security;

/// <summary>
/// Where keys come from (<c>Auth:Keys:N</c>): exactly one of <paramref name="Secret"/>, <paramref name="PemFile"/>,
/// <paramref name="JwksFile"/> and <paramref name="JwksUrl"/>.
/// </summary>
/// <param name="Name">The path of the setting, for messages: its value may be secret.</param>
/// <param name="Secret">For HS256: at least 32 bytes as UTF-8 (RFC 7518 §3.2).</param>
/// <param name="PemFile">
/// A public key, or a private one with which tokens can be made: RSA of 2048 bits or more, or P-256.
/// </param>
/// <param name="JwksFile">A JSON Web Key Set (RFC 7517 §5).</param>
/// <param name="JwksUrl">Where a JSON Web Key Set is, over https, or http on this machine.</param>
/// <param name="Kid">
/// The key's id; a token that names another is not checked with it. Not with a set, whose keys have their own.
/// </param>
/// <param name="Algorithm">
/// The only algorithm that its keys may be used with; null: the one that the kind of key has.
/// </param>
internal sealed record KeySetting(
    string Name, string? Secret, string? PemFile, string? JwksFile, string? JwksUrl, string? Kid, string? Algorithm)
{
    /// <summary>The most keys there may be, so that a token is checked with few.</summary>
    public const int MaxKeys = 32;

    private const string Section = $"{AuthOptions.Section}:Keys";
    private const int MinSecretBytes = 32;
    private static readonly string[] _names = ["Secret", "PemFile", "JwksFile", "JwksUrl", "Kid", "Algorithm"];

    /// <summary>Does not include the secret.</summary>
    public override string ToString() => Name;

    /// <summary>Reads the settings as they are; <see cref="FindError(IConfiguration)"/> checks them.</summary>
    public static IReadOnlyList<KeySetting> ReadAll(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(Read)];

    /// <summary>What is wrong with the first invalid setting, or null. The message has no secret in it.</summary>
    public static string? FindError(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (!string.IsNullOrEmpty(section.Value))
        {
            return $"{Section} is a list: the first secret is {Section}:0:Secret.";
        }

        if (section.GetChildren().Select(FindError).FirstOrDefault(error => error is not null) is { } invalid)
        {
            return invalid;
        }

        var count = section.GetChildren().Count();
        return count > MaxKeys ? $"{Section} has {count} keys; at most {MaxKeys} are allowed." : null;
    }

    /// <summary>
    /// What is wrong when keys come from an address, whose owner signs tokens for other services too, and no audience
    /// says which of them are for this server; or null.
    /// </summary>
    public static string? FindAudienceError(IEnumerable<KeySetting> settings, string? audience) =>
        audience is null && settings.FirstOrDefault(setting => setting.JwksUrl is not null) is { } shared
            ? $"{shared.Name}:JwksUrl needs Auth:Audience: set it to the aud of the tokens that are for this server, "
                + "because tokens for other services can be signed with the same keys."
            : null;

    /// <summary>A sentence about keys that cannot be read. It does not name an address, which may be secret.</summary>
    public string Describe(KeyException exception) =>
        $"{Name}: {((PemFile ?? JwksFile) is { } file ? $"'{file}'" : "it")} {exception.Message}.";

    private static KeySetting Read(IConfigurationSection section)
    {
        return new KeySetting(
            section.Path,
            Text("Secret"),
            Text("PemFile"),
            Text("JwksFile"),
            Text("JwksUrl"),
            Text("Kid"),
            Text("Algorithm"));

        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
    }

    private static string? FindError(IConfigurationSection section) =>
        SettingNames.FindError(section, _names) ?? Read(section).FindError();

    private string? FindError()
    {
        if (new[] { Secret, PemFile, JwksFile, JwksUrl }.Count(source => source is not null) != 1)
        {
            return $"{Name} must have exactly one of Secret, PemFile, JwksFile and JwksUrl.";
        }

        if (Secret is not null && Encoding.UTF8.GetByteCount(Secret) < MinSecretBytes)
        {
            return $"{Name}:Secret must have at least {MinSecretBytes} bytes.";
        }

        if (JwksUrl is not null && !IsSafe(JwksUrl))
        {
            return $"{Name}:JwksUrl must be an https address, or an http address of this machine: "
                + "who can change the response in transit could sign tokens.";
        }

        if (Kid is not null && (JwksFile ?? JwksUrl) is not null)
        {
            return $"{Name}:Kid goes with Secret and PemFile; the keys of a set have their own.";
        }

        var allowed = Secret is not null ? [SigningKey.HmacSha256] : SigningKey.PublicKeyAlgorithms;
        return Algorithm is null || allowed.Contains(Algorithm)
            ? null
            : $"{Name}:Algorithm must be {string.Join(" or ", allowed)}.";
    }

    private static bool IsSafe(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
