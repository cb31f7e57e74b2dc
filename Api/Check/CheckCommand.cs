using System.CommandLine;

namespace LiveStreams.Api.Check;

/// <summary>
/// <c>check [--json] [settings]</c>: whether a server with these settings would start and do its work. Changes nothing.
/// </summary>
internal static class CheckCommand
{
    private const string Name = "check";

    private static readonly Option<bool> _json = new("--json")
    {
        Description = "Print the findings as JSON.",
    };

    // An argument that begins with '@' is a value, not the name of a file of arguments.
    private static readonly ParserConfiguration _parser = new()
    {
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    public static bool IsRequested(string[] args) => args is [Name, ..];

    public static Command Create()
    {
        var check = new Command(
            Name,
            "Checks settings, addresses, keys, data and Redis, and says what to do. Takes the settings of the server.")
        {
            _json,
        };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction(RunAsync);
        return check;
    }

    /// <summary>Returns the exit code: 1 if anything has failed, else 0.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output) =>
        new RootCommand("LiveStreams, a server for live pages.") { Create() }
            .Parse(args, _parser)
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output });

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var findings = await ServerCheck.RunAsync(
            [.. arguments.UnmatchedTokens], Program.Parts, replace: null, cancellationToken);
        await CheckReport.WriteAsync(
            findings, arguments.GetValue(_json), arguments.InvocationConfiguration.Output);
        return findings.Any(finding => finding.Severity is Severity.Fail) ? 1 : 0;
    }
}
