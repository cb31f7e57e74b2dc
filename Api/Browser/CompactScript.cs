using System.Text.RegularExpressions;

namespace LiveStreams.Api.Browser;

/// <summary>
/// A script without its comments and the space that only people need. It is for scripts written as
/// <c>livestreams.js</c> is: no comment is within <c>/* */</c>, no string or template has several lines or contains its
/// own quote, and a regular expression has no space.
/// </summary>
internal static partial class CompactScript
{
    /// <summary>Makes a script smaller. It does the same.</summary>
    public static string Of(string script)
    {
        var lines = script.Split('\n')
            .Select(line => Comment().Replace(line, "").Trim())
            .Where(line => line.Length > 0)
            .Select(line => StringOrOperator().Replace(line, "$1$2"));
        return string.Join('\n', lines) + '\n';
    }

    [GeneratedRegex(@"(^|\s)// .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"('[^']*'|`[^`]*`)|\s*(=>|[!=]==?|&&|\|\||\?\?=?|[=,{}?:;()<>])\s*")]
    private static partial Regex StringOrOperator();
}
