using System.CommandLine;

namespace LiveStreams.Api.Tool.Tail;

/// <summary><c>tail PAGE…</c>: prints the updates of pages as they are published.</summary>
internal static class TailCommand
{
    private static readonly Argument<string[]> _pages = ToolArgument.CreatePages(
        "A page, or a prefix of page names followed by '*', such as 'news:*'. Repeatable.");

    private static readonly Option<TailStart?> _from = new("--from")
    {
        Description = "Where to start: 'start' for all that is kept, -N for the last N updates, a duration such as "
            + "10m, a time such as 2026-01-31T18:00:00Z, or the id of the last update that you know. "
            + "[default: updates from now on]",
        HelpName = "POSITION",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (!TailStart.TryParse(result.Tokens[0].Value, out var start))
            {
                result.AddError(TailStart.Rule);
            }

            return start;
        },
    };

    private static readonly Option<string[]> _events = new("--event")
    {
        Description = "Only updates with this event name; 'message' is the name of updates without one. Repeatable.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> _json = new("--json")
    {
        Description = """One JSON object a line, for other programs: {"page","id","event","data"}.""",
    };

    public static Command Create()
    {
        var server = new ServerOptions();
        var tail = new Command(
            "tail",
            "Prints the updates of pages as they are published. It reconnects by itself and misses nothing; "
            + "Ctrl-C ends it.")
        {
            _pages, _from, _events, _json,
        };
        server.AddTo(tail);
        tail.SetAction((arguments, cancellationToken) => RunAsync(server, arguments, cancellationToken));
        return tail;
    }

    private static async Task<int> RunAsync(
        ServerOptions options, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var server = options.CreateClient(arguments);
        using var output = new ToolOutput();
        var request = new TailRequest(
            arguments.GetValue(_pages) ?? [],
            arguments.GetValue(_events) ?? [],
            arguments.GetValue(_from) ?? TailStart.Now);
        ITailFormat format = arguments.GetValue(_json)
            ? new JsonTailFormat()
            : new TextTailFormat(TerminalStyle.ForOutput(), showsPage: request.Page is null, TimeProvider.System);
        var printer = new TailPrinter(output, format, Console.Error);
        var follower = new StreamFollower(
            server, request, printer, new RetryDelay(Random.Shared), TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var following = follower.FollowAsync(ending.Token);
            await Task.WhenAny(
                following, OutputWatch.WaitForCloseAsync(TimeProvider.System, ending.Token));
            await ending.CancelAsync();
            await following;
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how one ends it, or nobody reads it any more.
        }

        return 0;
    }
}
