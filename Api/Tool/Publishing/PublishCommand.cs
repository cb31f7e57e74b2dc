using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace LiveStreams.Api.Tool.Publishing;

/// <summary><c>publish PAGE [DATA]</c>: publishes an update, or each line of standard input.</summary>
internal static class PublishCommand
{
    private const string StandardInput = "-";

    private static readonly Argument<string> _page = ToolArgument.CreatePage("The page to publish to.");

    private static readonly Argument<string?> _data = ToolArgument.CreateData(
        "The data of the update. Without it, or if it is '-', the data is all of standard input, without a line end at "
        + "its end.");

    private static readonly Option<string?> _event = new("--event")
    {
        Description = "The event name. [default: message]",
        HelpName = "NAME",
    };

    private static readonly Option<string?> _key = new("--key")
    {
        Description = "The idempotency key: the same update with the same key is published once, however often it is "
            + "sent within 10 minutes. With --lines, the key of line N is KEY-N.",
        HelpName = "KEY",
    };

    private static readonly Option<bool> _lines = new("--lines")
    {
        Description = "Each line of standard input is an update, published as soon as it is read. What the server is "
            + "too busy for, or what is cut, is sent again.",
    };

    public static Command Create()
    {
        var server = new ServerOptions();
        var publish = new Command("publish", "Publishes an update to a page and prints its id.")
        {
            _page, _data, _event, _key, _lines,
        };
        server.AddTo(publish);
        publish.Validators.Add(Validate);
        publish.SetAction((arguments, cancellationToken) => RunAsync(server, arguments, cancellationToken));
        return publish;
    }

    private static void Validate(CommandResult result)
    {
        if (result.GetValue(_lines) && result.GetValue(_data) is not (null or StandardInput))
        {
            result.AddError("With --lines the updates come from standard input, so there can be no DATA.");
        }
    }

    private static async Task<int> RunAsync(
        ServerOptions options, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var server = options.CreateClient(arguments);
        using var output = new ToolOutput();
        var publisher = new UpdatePublisher(server, arguments.GetValue(_page)!, arguments.GetValue(_event));
        var key = arguments.GetValue(_key);
        if (arguments.GetValue(_lines))
        {
            var lines = new LinePublisher(
                publisher,
                key ?? Guid.NewGuid().ToString("N"),
                output,
                Console.Error,
                new RetryDelay(Random.Shared),
                TimeProvider.System);
            await using var input = ToolInput.Open("one update a line");
            await lines.PublishAsync(input, cancellationToken);
            return 0;
        }

        var data = arguments.GetValue(_data) is { } text and not StandardInput
            ? Encoding.UTF8.GetBytes(text)
            : await ReadInputAsync(cancellationToken);
        output.WriteLine(await publisher.PublishAsync(data, key, cancellationToken));
        return 0;
    }

    private static async Task<byte[]> ReadInputAsync(CancellationToken cancellationToken)
    {
        await using var input = ToolInput.Open("the data of the update");
        return await ToolInput.ReadToEndAsync(input, cancellationToken);
    }
}
