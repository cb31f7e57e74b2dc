using Microsoft.Extensions.Logging;

namespace LiveStreams.Hosting;

/// <summary>
/// Reports that a process has started: a line of the log, and a text for people on the console. Each is where the other
/// is not: on a console whose log is JSON, the text would be no JSON, and on any other the line would say it twice.
/// </summary>
public sealed partial class StartReport(IConfiguration configuration, ILogger<StartReport> logger)
{
    /// <summary>Writes the report.</summary>
    /// <param name="program">What has started.</param>
    /// <param name="addresses">Where it listens.</param>
    /// <param name="data">Where its data is.</param>
    /// <param name="text">The text for people.</param>
    public void Write(string program, IEnumerable<string> addresses, string data, string text)
    {
        LogStarted(program, ProductVersion.Text, string.Join(", ", addresses), data);
        if (!IsConsoleJson(configuration))
        {
            Console.WriteLine(text);
        }
    }

    /// <summary>Whether the console's log is JSON (<c>Logging:Console:FormatterName</c>).</summary>
    internal static bool IsConsoleJson(IConfiguration configuration) =>
        string.Equals(
            configuration["Logging:Console:FormatterName"], "json", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(
        LogLevel.Information, "{Program} {Version} has started. It listens on {Addresses}, and its data is in {Data}.")]
    private partial void LogStarted(string program, string version, string addresses, string data);
}
