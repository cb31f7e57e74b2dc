using LiveStreams.Core;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Hosting;

/// <summary>Turns what can be wrong at the start into one sentence on standard error and exit code 1. A error nobody foresaw keeps its stack trace.</summary>
internal static class StartErrors
{
    public static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception) when (Sentence(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    private static string? Sentence(Exception exception) => exception switch
    {
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        StartException => exception.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => exception.Message,
        InvalidOperationException { InnerException: FormatException or InvalidCastException or ArgumentException } => exception.Message,
        FormatException => exception.Message,
        _ => null,
    };
}
