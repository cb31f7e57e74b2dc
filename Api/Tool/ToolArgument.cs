using System.CommandLine;
using System.CommandLine.Parsing;
using LiveStreams.Core;

namespace LiveStreams.Api.Tool;

/// <summary>The arguments of commands. The parser takes an option that it does not know for an argument.</summary>
internal static class ToolArgument
{
    /// <summary>Creates the argument PAGE: one page.</summary>
    public static Argument<string> CreatePage(string description)
    {
        var page = new Argument<string>("PAGE") { Description = description };
        page.Validators.Add(result => Validate(result, "-", FindPageError));
        return page;
    }

    /// <summary>Creates the argument PAGE…: pages, and patterns of page names.</summary>
    public static Argument<string[]> CreatePages(string description)
    {
        var pages = new Argument<string[]>("PAGE") { Description = description, Arity = ArgumentArity.OneOrMore };
        pages.Validators.Add(result => Validate(result, "-", FindPatternError));
        return pages;
    }

    /// <summary>Creates the argument DATA, which may be absent.</summary>
    public static Argument<string?> CreateData(string description)
    {
        var data = new Argument<string?>("DATA") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        data.Validators.Add(result => Validate(result, "--", _ => null));
        return data;
    }

    private static void Validate(ArgumentResult result, string optionPrefix, Func<string, string?> findError)
    {
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var error = text.StartsWith(optionPrefix, StringComparison.Ordinal) && text != "-"
                ? $"'{text}' is not an option; --help lists them."
                : findError(text);
            if (error is not null)
            {
                result.AddError(error);
            }
        }
    }

    private static string? FindPageError(string text) => PageId.TryParse(text, out _, out var error) ? null : error;

    private static string? FindPatternError(string text) =>
        text.EndsWith('*') && PageId.IsPrefix(text[..^1]) ? null : FindPageError(text);
}
