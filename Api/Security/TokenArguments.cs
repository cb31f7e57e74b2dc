using System.CommandLine;
using System.CommandLine.Parsing;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>The options of <see cref="TokenCommand"/>, and what is wrong with them.</summary>
internal static class TokenArguments
{
    public const string Name = "token";

    public static readonly Option<string[]> Publish =
        PageOption("--publish", "Pages to which the token may publish updates that change no posts");

    public static readonly Option<string[]> Events = PatternOption(
        "--event",
        "The event names that those updates may have",
        "an event name, or a prefix of event names followed by '*'",
        text => EventPattern.TryParse(text, out _));

    public static readonly Option<string[]> Posts = PageOption("--posts", "Pages whose posts the token may change");

    public static readonly Option<string[]> End = PageOption("--end", "Pages that the token may delete");

    public static readonly Option<string[]> Subscribe =
        PageOption("--subscribe", "Private pages that the token may read");

    public static readonly Option<string?> Subject = new("--subject")
    {
        Description = "Whose token it is (sub), to count and to revoke all tokens of one subject together.",
        HelpName = "NAME",
    };

    public static readonly Option<TimeSpan> Expires = new("--expires")
    {
        Description = "How long the token is valid, such as 90s, 15m, 12h or 30d.",
        HelpName = "TIME",
        Required = true,
        CustomParser = ParseLifetime,
    };

    public static readonly Argument<string[]> Settings = new("settings")
    {
        Description = "Settings, as for the server: for instance --Auth:Keys:0:PemFile=key.pem.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]>[] _pages = [Publish, Posts, End, Subscribe];

    public static Command Create()
    {
        var token = new Command(Name, "Prints a token, signed with the first configured key that can sign.")
        {
            Publish, Events, Posts, End, Subscribe, Subject, Expires, Settings,
        };
        token.Validators.Add(Validate);
        return token;
    }

    private static Option<string[]> PageOption(string name, string description) => PatternOption(
        name,
        description,
        "a page's name, or a prefix of page names followed by '*'",
        text => PagePattern.TryParse(text, out _));

    private static Option<string[]> PatternOption(
        string name, string description, string rule, Func<string, bool> isPattern)
    {
        var option = new Option<string[]>(name)
        {
            Description = $"{description}: {rule}. Repeatable.",
            HelpName = "PATTERN",
            DefaultValueFactory = _ => [],
        };
        option.Validators.Add(result =>
        {
            // The parser drops the empty value of "--publish=", as an unset variable makes it.
            if (result.Tokens.Count < result.IdentifierTokenCount)
            {
                result.AddError($"{name}: '' is not {rule}.");
            }
            else if (result.Tokens.FirstOrDefault(token => !isPattern(token.Value)) is { } invalid)
            {
                result.AddError($"{name}: '{invalid.Value}' is not {rule}.");
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
        if (FindSettingError(result.GetValue(Settings) ?? []) is { } error)
        {
            result.AddError(error);
        }
        else if (!_pages.Any(option => IsGiven(result, option)))
        {
            result.AddError("A token needs at least one PATTERN for --publish, --posts, --end or --subscribe.");
        }
        else if (IsGiven(result, Events) && !IsGiven(result, Publish))
        {
            result.AddError("--event restricts --publish, so it needs a --publish PATTERN.");
        }
    }

    private static bool IsGiven(CommandResult result, Option option) =>
        result.GetResult(option) is { Implicit: false };

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
}
