using System.CommandLine;

namespace LiveStreams.Api.Check;

/// <summary>
/// <c>check [--json] [settings]</c>: whether a server with these settings would start and do its work. Changes nothing.
/// </summary>
internal static class CheckCommand
{
    private static readonly Option<bool> _json = new("--json")
    {
        Description = "Print the findings as JSON.",
    };

    public static Command Create()
    {
        var check = new Command(
            "check",
            "Checks settings, addresses, keys, data and Redis, and says what to do. Takes the settings of the server.")
        {
            _json,
        };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction(RunAsync);
        return check;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var findings = await ServerCheck.RunAsync(
            [.. arguments.UnmatchedTokens], Program.Parts, replace: null, cancellationToken);
        await CheckReport.WriteAsync(
            findings, arguments.GetValue(_json), arguments.InvocationConfiguration.Output);
        return findings.Any(finding => finding.Severity is Severity.Fail) ? 1 : 0;
    }
}
