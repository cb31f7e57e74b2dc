using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench;

/// <summary>Defines the options of the command line, and reads them.</summary>
internal sealed class CommandLineOptions
{
    private readonly Option<IReadOnlyList<SystemUnderTest>?> _sizes = new("--size")
    {
        HelpName = "LIST",
        Description = "Sizes of LiveStreams to measure: embedded,redis,grains,cohosted,memory,sockets. "
            + "[default: embedded; for 'all': embedded,redis]",
        CustomParser = result => ParseSystems(result, SystemUnderTest.Sizes, "size"),
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<IReadOnlyList<SystemUnderTest>?> _peers = new("--peer")
    {
        HelpName = "LIST",
        Description = "Other servers to measure in turn with LiveStreams: nchan,rawcast. "
            + "[default: none; for 'all': nchan,rawcast]",
        CustomParser = result => ParseSystems(result, SystemUnderTest.Peers, "peer"),
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<int> _rounds = new("--rounds")
    {
        HelpName = "N",
        Description = "Number of rounds. The table shows their medians.",
        DefaultValueFactory = _ => 5,
        CustomParser = result => ParseNumber(result, result.Tokens[0].Value),
    };

    private readonly Option<int> _seconds = new("--seconds")
    {
        HelpName = "N",
        Description = "How long each round of fanout, pages, publish and scaling sends updates.",
        DefaultValueFactory = _ => 3,
        CustomParser = result => ParseNumber(result, result.Tokens[0].Value),
    };

    private readonly Option<IReadOnlyList<int>?> _subscribers = new("--subscribers")
    {
        HelpName = "LIST",
        Description = "Numbers of subscribers of fanout, paced, idle, connect, resume and scaling. "
            + "Each is measured in turn. [default: see the commands]",
        CustomParser = ParseNumbers,
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<IReadOnlyList<int>?> _outstanding = new("--outstanding")
    {
        HelpName = "LIST",
        Description = "Numbers of outstanding updates of fanout. Each is measured in turn. [default: 1,4,32]",
        CustomParser = ParseNumbers,
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<string?> _json = new("--json")
    {
        HelpName = "FILE",
        Description = "Write the figures of every round to this file as JSON.",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        HelpName = "FILE",
        Description = "Draw the results of scaling into this file as SVG.",
    };

    private IEnumerable<Option> All =>
        [_sizes, _peers, _rounds, _seconds, _subscribers, _outstanding, _json, _plot];

    /// <summary>Adds the options to a command and its subcommands.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            option.Recursive = true;
            command.Options.Add(option);
        }
    }

    public Options Read(
        ParseResult result,
        IReadOnlyList<SystemUnderTest> defaultSizes,
        IReadOnlyList<SystemUnderTest> defaultPeers) => new(
            [.. result.GetValue(_sizes) ?? defaultSizes, .. result.GetValue(_peers) ?? defaultPeers],
            result.GetValue(_rounds),
            TimeSpan.FromSeconds(result.GetValue(_seconds)),
            result.GetValue(_subscribers),
            result.GetValue(_outstanding) ?? [1, 4, 32],
            result.GetValue(_json),
            result.GetValue(_plot));

    private static List<SystemUnderTest> ParseSystems(
        ArgumentResult result,
        IReadOnlyList<SystemUnderTest> known,
        string kind)
    {
        List<SystemUnderTest> systems = [];
        foreach (var key in result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (known.FirstOrDefault(system => system.Key == key) is { } system)
            {
                systems.Add(system);
            }
            else
            {
                var keys = string.Join(", ", known.Select(system => system.Key));
                result.AddError($"There is no {kind} {key}. Choose from {keys}.");
            }
        }

        return systems;
    }

    private static List<int> ParseNumbers(ArgumentResult result) =>
        [.. result.Tokens[0].Value.Split(',').Select(text => ParseNumber(result, text))];

    private static int ParseNumber(ArgumentResult result, string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            result.AddError($"{text} is not a whole number above 0.");
        }

        return number;
    }
}
