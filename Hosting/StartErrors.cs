using LiveStreams.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LiveStreams.Hosting;

/// <summary>Reports what can be wrong with a start: one sentence, and exit code 1.</summary>
public static class StartErrors
{
    /// <summary>
    /// Runs a program and returns its exit code. A known start error is written to <paramref name="errors"/>. Another
    /// exception is not caught, so that its stack trace is printed.
    /// </summary>
    public static async Task<int> ReportAsync(Func<Task<int>> run, TextWriter errors)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (FindMessages(exception) is { } messages)
        {
            await errors.WriteLineAsync(string.Join(Environment.NewLine, messages));
            return 1;
        }
    }

    /// <summary>The same, for a program whose exit code is 0 when it ends without an error.</summary>
    public static Task<int> ReportAsync(Func<Task> run, TextWriter errors) => ReportAsync(
        async () =>
        {
            await run();
            return 0;
        },
        errors);

    /// <summary>A sentence for each thing that is wrong, or null if the exception is not a known start error.</summary>
    public static IReadOnlyList<string>? FindMessages(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        StartException => [exception.Message],
        IOException { InnerException: AddressInUseException } => [exception.Message],

        // A value that does not have the type of its setting, and a url that is not one.
        InvalidOperationException { InnerException: FormatException or InvalidCastException or ArgumentException } =>
            [exception.Message],
        FormatException => [exception.Message],
        _ => null,
    };
}
