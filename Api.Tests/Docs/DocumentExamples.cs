using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>The examples in a document of this project.</summary>
internal static partial class DocumentExamples
{
    private const string DocumentedAddress = "localhost:8080";

    /// <summary>Returns the pages in a document, with the address of this server.</summary>
    public static string[] Pages(string text, Uri server) =>
        [.. HtmlBlock().Matches(text).Select(block => WithAddress(block, server))];

    /// <summary>
    /// Returns the blocks of a section that are shell commands (<c>sh</c>) or show their output (no language), in
    /// order, with the address of this server.
    /// </summary>
    public static string[] Commands(string text, string heading, Uri server)
    {
        var start = text.IndexOf($"## {heading}\n", StringComparison.Ordinal) + 3;
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return [.. ShellBlock().Matches(text[start..end]).Select(block => WithAddress(block, server))];
    }

    private static string WithAddress(Match block, Uri server) =>
        block.Groups[1].Value.Replace(DocumentedAddress, server.Authority, StringComparison.Ordinal);

    [GeneratedRegex("```(?:sh)?\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("```html\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex HtmlBlock();
}
