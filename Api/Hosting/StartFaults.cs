using LiveStreams.Core;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Hosting;

/// <summary>Turns what can be wrong at the start into one sentence on standard error and exit code 1. A fault nobody foresaw keeps its stack trace.</summary>
internal static class StartFaults
{
    public static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception fault) when (Sentence(fault) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    private static string? Sentence(Exception fault) => fault switch
    {
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        StartException => fault.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => fault.Message,
        InvalidOperationException { InnerException: FormatException or InvalidCastException or ArgumentException } => fault.Message,
        FormatException => fault.Message,
        _ => null,
    };
}
