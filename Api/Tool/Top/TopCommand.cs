using System.CommandLine;
using LiveStreams.Api.Http;
using LiveStreams.Api.Status;

namespace LiveStreams.Api.Tool.Top;

/// <summary><c>top</c>: shows the state of a server, again and again.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan _defaultInterval = TimeSpan.FromSeconds(2);

    private static readonly Option<TimeSpan?> _interval = new("--interval")
    {
        Description = $"How often it is refreshed, such as 2s or 1m. [default: {_defaultInterval.TotalSeconds}s]",
        HelpName = "TIME",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!ShortDuration.TryParse(text, out var interval) || interval <= TimeSpan.Zero)
            {
                result.AddError($"--interval must be a time such as 2s or 1m, not '{text}'.");
            }

            return interval;
        },
    };

    private static readonly Option<bool> _once = new("--once")
    {
        Description = "Print it once and end. [default: if standard output is not a terminal]",
    };

    public static Command Create()
    {
        var server = new ServerOptions();
        var top = new Command(
            "top",
            "Shows what a server does, and its pages with the most streams, and refreshes it; q ends it.")
        {
            _interval, _once,
        };
        server.AddTo(top);
        top.SetAction((arguments, cancellationToken) => RunAsync(server, arguments, cancellationToken));
        return top;
    }

    private static async Task<int> RunAsync(
        ServerOptions options, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var server = options.CreateClient(arguments);
        using var output = new ToolOutput();
        var client = new StatusClient(server);
        var view = new StatusView(TerminalStyle.ForOutput());
        var status = await client.ReadAsync(cancellationToken);
        if (arguments.GetValue(_once) || !ToolOutput.IsTerminal)
        {
            output.Write(string.Concat(view.Lay(status, rates: null, int.MaxValue).Select(line => $"{line}\n")));
            return 0;
        }

        var interval = arguments.GetValue(_interval) ?? _defaultInterval;
        using var screen = new TopScreen(output);
        try
        {
            await RefreshAsync(client, view, screen, status, interval, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is one way to end it.
        }

        return 0;
    }

    private static async Task RefreshAsync(
        StatusClient client,
        StatusView view,
        TopScreen screen,
        ServerStatus status,
        TimeSpan interval,
        CancellationToken cancellationToken)
    {
        screen.Draw(view.Lay(status, rates: null, TopScreen.Height));
        while (!await TopScreen.WaitAsync(interval, TimeProvider.System, cancellationToken))
        {
            try
            {
                var next = await client.ReadAsync(cancellationToken);
                screen.Draw(view.Lay(next, Rates.Between(status, next), TopScreen.Height));
                status = next;
            }
            catch (ServerException exception) when (exception.IsTemporary)
            {
                screen.Draw(view.LayUnreachable(status, exception.Message, TopScreen.Height));
            }
        }
    }
}
