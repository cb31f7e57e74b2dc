using System.Text.Encodings.Web;
using System.Text.Json;
using LiveStreams.Api.Tool;

namespace LiveStreams.Api.Check;

/// <summary>Writes findings for people, one a line, or as JSON for programs.</summary>
internal static class CheckReport
{
    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task WriteAsync(IReadOnlyList<Finding> findings, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            await output.WriteLineAsync(FormatJson(findings));
            return;
        }

        foreach (var finding in findings)
        {
            var text = TerminalText.Escape(finding.Text.ReplaceLineEndings(" "));
            await output.WriteLineAsync($"{NameOf(finding.Severity),-4}  {text}");
        }

        await output.WriteLineAsync(Summarize(findings));
    }

    private static string Summarize(IReadOnlyList<Finding> findings)
    {
        var (failed, warned) = (Count(findings, Severity.Fail), Count(findings, Severity.Warn));
        return (failed, warned) switch
        {
            (0, 0) => "Ready to start.",
            (0, _) => $"Ready to start, with {warned} warning{Plural(warned)}.",
            _ => $"Not ready: {failed} problem{Plural(failed)}, {warned} warning{Plural(warned)}.",
        };
    }

    private static string FormatJson(IReadOnlyList<Finding> findings) => JsonSerializer.Serialize(new
    {
        ready = Count(findings, Severity.Fail) == 0,
        findings = findings.Select(finding => new { result = NameOf(finding.Severity), text = finding.Text }),
    }, _json);

    private static int Count(IReadOnlyList<Finding> findings, Severity severity) =>
        findings.Count(finding => finding.Severity == severity);

    private static string NameOf(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Plural(int count) => count == 1 ? "" : "s";
}
