using System.CommandLine;
using System.CommandLine.Help;
using LiveStreams.Api.Check;
using LiveStreams.Api.Security;
using LiveStreams.Api.Start;
using LiveStreams.Api.Tool;
using LiveStreams.Api.Tool.Publishing;
using LiveStreams.Api.Tool.Tail;
using LiveStreams.Api.Tool.Top;
using LiveStreams.Core;

namespace LiveStreams.Api;

/// <summary>
/// The commands of the program, in the order in which <c>--help</c> lists them. <c>serve</c> and <c>health</c> are here
/// for their help only: <c>Program.cs</c> runs them.
/// </summary>
internal static class ProgramCommands
{
    private const string Name = "livestreams";
    private const int Interrupted = 130;

    // An argument that begins with '@' is a value, not the name of a file of arguments.
    private static readonly ParserConfiguration _parser = new()
    {
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <summary>Runs the command that the arguments name, and returns its exit code.</summary>
    /// <exception cref="StartException">A setting is not valid; the message says what to do.</exception>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var result = Create().Parse(ServeCommand.AddName(args), _parser);
        try
        {
            if (FindError(result) is { } error)
            {
                throw new ToolException(error);
            }

            return await result.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = errors,
            });
        }
        catch (ToolException exception)
        {
            await errors.WriteLineAsync(TerminalText.Escape(exception.Message));
            return 1;
        }
        catch (ClosedOutputException)
        {
            return 0;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }

    private static string? FindError(ParseResult result) => result switch
    {
        { CommandResult.Command.Name: Name, UnmatchedTokens: [var unknown, ..] } =>
            $"'{unknown}' is not a command; '{Name} --help' lists them.",
        { Errors: [var error, ..] } => error.Message,
        _ => null,
    };

    // Not a RootCommand: that one has the name of the program's file, which is another one than users call.
    private static Command Create() => new(Name, "LiveStreams, a server for live pages, and the tool for it.")
    {
        new HelpOption(),
        new VersionOption(),
        ServeCommand.Create(),
        CheckCommand.Create(),
        TailCommand.Create(),
        PublishCommand.Create(),
        PostsCommand.Create(),
        TopCommand.Create(),
        TokenCommand.Create(),
        CreateHealth(),
    };

    private static Command CreateHealth() => new(
        "health", "Ends with exit code 0 if the address of a health endpoint responds with 2xx within 5 s.")
    {
        new Argument<string>("URL") { Description = "For example http://localhost:8080/health/ready." },
    };
}
