using System.CommandLine;
using System.Text.Json;
using LiveStreams.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// <c>token --publish PATTERN --posts PATTERN --subscribe PATTERN --expires 30d</c>: prints one token, signed with the
/// first configured key that can sign. Arguments with a colon are settings, as for the server.
/// </summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var token = TokenArguments.Create();
        token.SetAction(PrintAsync);
        return token;
    }

    /// <summary>Writes the token to the output.</summary>
    /// <exception cref="SettingException">The settings do not make a token; the message says what to do.</exception>
    private static async Task PrintAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(
            [.. Defaults.HostArguments, .. arguments.GetValue(TokenArguments.Settings) ?? []]);
        builder.Configuration.AddSecretFiles();
        builder.Services.AddAuthOptions();
        await using var app = builder.Build();
        var auth = app.Services.GetRequiredService<AuthOptions>();
        var key = await FindKeyAsync(auth, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = auth.Issuer,
            ["aud"] = auth.Audience,
            ["sub"] = arguments.GetValue(TokenArguments.Subject),
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + arguments.GetValue(TokenArguments.Expires)).ToUnixTimeSeconds(),
            [Grants.Claim] = ReadGrants(arguments),
        };
        var payload = JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary());
        var token = new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(key.Key, key.Algorithm));
        await arguments.InvocationConfiguration.Output.WriteLineAsync(token);
    }

    private static Dictionary<string, string[]> ReadGrants(ParseResult arguments) =>
        new (string Name, Option<string[]> Option)[]
        {
            (GrantName.Publish, TokenArguments.Publish),
            (GrantName.Events, TokenArguments.Events),
            (GrantName.Posts, TokenArguments.Posts),
            (GrantName.End, TokenArguments.End),
            (GrantName.Subscribe, TokenArguments.Subscribe),
        }
        .Select(grant => (grant.Name, Patterns: arguments.GetValue(grant.Option) ?? []))
        .Where(grant => grant.Patterns.Length > 0)
        .ToDictionary();

    private static async Task<SigningKey> FindKeyAsync(AuthOptions auth, CancellationToken cancellationToken)
    {
        using var reader = new KeyReader();
        foreach (var setting in auth.Keys.Where(setting => (setting.Secret ?? setting.PemFile) is not null))
        {
            try
            {
                if ((await reader.ReadAsync(setting, cancellationToken))[0] is { CanSign: true } key)
                {
                    return key;
                }
            }
            catch (KeyException exception)
            {
                throw new SettingException(setting.Describe(exception));
            }
        }

        throw new SettingException(
            "No configured key can sign: set Auth:Keys:0:Secret to 32 random bytes or more, or Auth:Keys:0:PemFile to "
            + "a private key, as for the server.");
    }
}
