using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary>The settings that <c>docs/operations.md</c> lists.</summary>
internal static partial class DocumentedSettings
{
    /// <summary>Fails unless the name of an environment variable is that of a setting.</summary>
    public static async Task AssertAsync(string variable)
    {
        var setting = Number().Replace(variable.Replace("__", ":", StringComparison.Ordinal), ":N:");
        Assert.Contains($"`{setting}`", await Repository.ReadAsync("docs/operations.md"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@":\d+:")]
    private static partial Regex Number();
}
