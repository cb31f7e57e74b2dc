using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStreams.Api.Security;

/// <summary>
/// <c>token --publish PATTERN --subscribe PATTERN --expires 30d</c>: prints one token, signed with the first configured
/// key that can sign. Arguments with a colon are settings, as for the server.
/// </summary>
internal static class TokenCommand
{
    private const string Name = "token";
    private const string PatternRule = "a page's name, or a prefix of page names followed by '*'";

    // An argument that begins with '@' is a value, not the name of a file of arguments.
    private static readonly ParserConfiguration _parser = new()
    {
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    private static readonly Option<string[]> _publish =
        PatternOption("--publish", $"Pages that the token may publish to: {PatternRule}. Repeatable.");

    private static readonly Option<string[]> _subscribe =
        PatternOption("--subscribe", $"Private pages that the token may read: {PatternRule}. Repeatable.");

    private static readonly Option<TimeSpan> _expires = new("--expires")
    {
        Description = "How long the token is valid, such as 90s, 15m, 12h or 30d.",
        HelpName = "TIME",
        Required = true,
        CustomParser = ParseLifetime,
    };

    private static readonly Argument<string[]> _settings = new("settings")
    {
        Description = "Settings, as for the server: for instance --Auth:Keys:0:PemFile=key.pem.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static bool IsRequested(string[] args) => args is [Name, ..];

    /// <exception cref="SettingException">
    /// The arguments or the settings do not make a token; the message says what to do.
    /// </exception>
    public static async Task RunAsync(string[] args)
    {
        var result = Create().Parse(args, _parser);
        if (result.Errors.Count > 0)
        {
            throw new SettingException(result.Errors[0].Message);
        }

        await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static RootCommand Create()
    {
        var token = new Command(Name, "Prints a token, signed with the first configured key that can sign.")
        {
            _publish, _subscribe, _expires, _settings,
        };
        token.Validators.Add(Validate);
        token.SetAction(PrintAsync);
        return new RootCommand("LiveStreams, a server for live pages.") { token };
    }

    private static Option<string[]> PatternOption(string name, string description)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "PATTERN",
            DefaultValueFactory = _ => [],
        };
        option.Validators.Add(result =>
        {
            // The parser drops the empty value of "--publish=", as an unset variable makes it.
            if (result.Tokens.Count < result.IdentifierTokenCount)
            {
                result.AddError($"{name}: '' is not {PatternRule}.");
            }
            else if (result.Tokens.FirstOrDefault(token => !PagePattern.TryParse(token.Value, out _)) is { } invalid)
            {
                result.AddError($"{name}: '{invalid.Value}' is not {PatternRule}.");
            }
        });
        return option;
    }

    private static TimeSpan ParseLifetime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!ShortDuration.TryParse(text, out var lifetime) || lifetime <= TimeSpan.Zero)
        {
            result.AddError($"--expires must be a time such as 90s, 15m, 12h or 30d, not '{text}'.");
        }

        return lifetime;
    }

    private static void Validate(CommandResult result)
    {
        if (FindSettingError(result.GetValue(_settings) ?? []) is { } error)
        {
            result.AddError(error);
        }
        else if (result.GetResult(_publish) is null or { Implicit: true }
            && result.GetResult(_subscribe) is null or { Implicit: true })
        {
            result.AddError("A token needs at least one --publish PATTERN or --subscribe PATTERN.");
        }
    }

    // A setting is one argument, --Section:Name=value, or two, --Section:Name value.
    private static string? FindSettingError(string[] settings)
    {
        for (var i = 0; i < settings.Length; i++)
        {
            var name = settings[i].Split('=', 2)[0];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':'))
            {
                return $"'{name}' is neither an option nor a setting; '{Name} --help' lists the options.";
            }

            if (name.Length == settings[i].Length && ++i == settings.Length)
            {
                return $"{name} has no value.";
            }
        }

        return null;
    }

    private static async Task PrintAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder([.. Defaults.HostArguments, .. arguments.GetValue(_settings) ?? []]);
        builder.Services.AddAuthOptions();
        await using var app = builder.Build();
        var auth = app.Services.GetRequiredService<AuthOptions>();
        var key = await FindKeyAsync(auth, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = auth.Issuer,
            ["aud"] = auth.Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + arguments.GetValue(_expires)).ToUnixTimeSeconds(),
            [Grants.Claim] = new Dictionary<string, string[]?>
            {
                ["publish"] = arguments.GetValue(_publish),
                ["subscribe"] = arguments.GetValue(_subscribe),
            },
        };
        var payload = JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary());
        var token = new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(key.Key, key.Algorithm));
        await arguments.InvocationConfiguration.Output.WriteLineAsync(token);
    }

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
                throw new SettingException($"{setting.Name}: '{setting.PemFile}' {exception.Message}.");
            }
        }

        throw new SettingException(
            "No configured key can sign: set Auth:Keys:0:Secret to 32 random bytes or more, or Auth:Keys:0:PemFile to "
            + "a private key, as for the server.");
    }
}
