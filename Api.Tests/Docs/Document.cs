using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>A document of this project, and the examples in it.</summary>
internal static partial class Document
{
    private const string DocumentedAddress = "localhost:8080";

    /// <summary>The pages in a document, made to talk to this server.</summary>
    public static string[] Pages(string text, ServerProcess server) =>
        [.. HtmlBlock().Matches(text).Select(block => block.Groups[1].Value.Replace(DocumentedAddress, server.Address.Authority, StringComparison.Ordinal))];

    [GeneratedRegex("```html\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex HtmlBlock();
}
