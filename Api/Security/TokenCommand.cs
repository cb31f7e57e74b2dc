using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// <c>token --publish PATTERN --subscribe PATTERN --expires 30d</c>: prints one token, signed with the first configured key that can sign. Patterns may come
/// several times; arguments with a colon are settings, as for the server.
/// </summary>
internal static class TokenCommand
{
    private const string Usage = "token takes --publish PATTERN and --subscribe PATTERN, each any number of times, and --expires with a time such as 90s, 15m, 12h or 30d";

    public static bool IsAsked(string[] args) => args is ["token", ..];

    /// <exception cref="SettingException">The arguments or the settings do not make a token; the message says what to do.</exception>
    public static async Task RunAsync(string[] args)
    {
        var (publish, subscribe, lifetime, settings) = Read(args.AsSpan(1));
        var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. settings]);
        var auth = AuthSettings.Read(builder.Configuration);
        var key = await FindAsync(auth);
        var now = TimeProvider.System.GetUtcNow();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = auth.Issuer,
            ["aud"] = auth.Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            [Grants.Claim] = new Dictionary<string, List<string>> { ["publish"] = publish, ["subscribe"] = subscribe },
        };
        var payload = JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary());
        Console.WriteLine(new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(key.Key, key.Algorithm)));
    }

    private static async Task<SigningKey> FindAsync(AuthSettings auth)
    {
        using var reader = new KeyReader();
        foreach (var setting in auth.Keys.Where(setting => (setting.Secret ?? setting.PemFile) is not null))
        {
            try
            {
                if ((await reader.ReadAsync(setting, CancellationToken.None))[0] is { CanSign: true } key)
                {
                    return key;
                }
            }
            catch (KeyException exception)
            {
                throw new SettingException($"{setting.Name}: '{setting.PemFile}' {exception.Message}.");
            }
        }

        throw new SettingException("No key that is configured can sign: set Auth:Keys:0:Secret to 32 random bytes or more, or Auth:Keys:0:PemFile to a private key, as for the server.");
    }

    private static (List<string> Publish, List<string> Subscribe, TimeSpan Lifetime, List<string> Settings) Read(ReadOnlySpan<string> args)
    {
        List<string> publish = [], subscribe = [], settings = [];
        TimeSpan? lifetime = null;
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var value = name.Length < args[i].Length ? args[i][(name.Length + 1)..] : ++i < args.Length ? args[i] : throw new SettingException($"{name} has no value; {Usage}.");
            switch (name)
            {
                case "--publish":
                    publish.Add(PatternOf(value));
                    break;
                case "--subscribe":
                    subscribe.Add(PatternOf(value));
                    break;
                case "--expires":
                    lifetime = LifetimeOf(value);
                    break;
                case var _ when name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':'):
                    settings.Add($"{name}={value}");
                    break;
                default:
                    throw new SettingException($"'{name}' is not understood; {Usage}.");
            }
        }

        return publish.Count + subscribe.Count > 0 && lifetime is { } time
            ? (publish, subscribe, time, settings)
            : throw new SettingException($"{Usage}: at least one pattern, and --expires.");
    }

    private static string PatternOf(string text) => PagePattern.TryParse(text, out _)
        ? text
        : throw new SettingException($"'{text}' is neither the name of a page nor the beginning of names and '*'.");

    private static TimeSpan LifetimeOf(string text) => ShortDuration.TryParse(text, out var lifetime) && lifetime > TimeSpan.Zero
        ? lifetime
        : throw new SettingException($"--expires is a time such as 90s, 15m, 12h or 30d, not '{text}'.");
}
