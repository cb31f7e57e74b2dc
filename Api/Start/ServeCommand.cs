using System.CommandLine;

namespace LiveStreams.Api.Start;

/// <summary>
/// <c>serve [SETTINGS]</c>, or the settings alone, or nothing: runs the server. .NET's configuration reads its
/// arguments, not the parser of the other commands, so every way to write a setting works, and a start pays for no
/// parser.
/// </summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private static readonly string[] _help = ["--help", "-h", "-?", "/h", "/?"];

    /// <summary>
    /// Returns the settings of the server, or null if the arguments ask for another command or for help.
    /// </summary>
    public static string[]? FindSettings(string[] args) =>
        AddName(args) is [Name, .. var settings] && !settings.Any(_help.Contains) ? settings : null;

    /// <summary>Adds the name of this command to arguments that only have its settings.</summary>
    public static string[] AddName(string[] args) =>
        args is [] || (IsSetting(args[0]) && !_help.Contains(args[0]) && args[0] != "--version")
            ? [Name, .. args]
            : args;

    /// <summary>The command as <c>--help</c> describes it.</summary>
    public static Command Create() => new(Name, "Runs the server. This is the default: settings may follow at once.")
    {
        new Argument<string[]>("SETTINGS")
        {
            Description = "Settings of the server, such as --urls http://localhost:8081 or "
                + "--Redis:Connection=localhost:6379. docs/operations.md lists them.",
            Arity = ArgumentArity.ZeroOrMore,
        },
    };

    // --Name value, --Name=value, /Name value, /Name=value or Name=value.
    private static bool IsSetting(string text) => text is ['-' or '/', ..] || text.Contains('=');
}
