using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>A document of this project, and the examples in it.</summary>
internal static partial class Document
{
    private const string DocumentedAddress = "localhost:8080";

    /// <summary>The pages in a document, made to talk to this server.</summary>
    public static string[] Pages(string text, Uri server) =>
        [.. HtmlBlock().Matches(text).Select(block => Addressed(block, server))];

    /// <summary>
    /// The blocks of a section that are for a shell (<c>sh</c>), or show what it prints (no language), in order, made
    /// to talk to this server.
    /// </summary>
    public static string[] Commands(string text, string heading, Uri server)
    {
        var start = text.IndexOf($"## {heading}\n", StringComparison.Ordinal) + 3;
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return [.. ShellBlock().Matches(text[start..end]).Select(block => Addressed(block, server))];
    }

    private static string Addressed(Match block, Uri server) =>
        block.Groups[1].Value.Replace(DocumentedAddress, server.Authority, StringComparison.Ordinal);

    [GeneratedRegex("```(?:sh)?\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("```html\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex HtmlBlock();
}
