using System.CommandLine;
using LiveStreams.Bench.Micro;
using LiveStreams.Bench.Rawcast;
using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench;

/// <summary>
/// The program's command line: a command for each scenario, one for all, and one for the microbenchmarks.
/// </summary>
internal static class BenchCommand
{
    /// <summary>The hidden command with which this program runs rawcast; its argument is the port.</summary>
    public const string Rawcast = "rawcast";

    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Measures LiveStreams, alone or in turn with other servers, and prints a table of the medians. "
            + "docs/benchmarks.md explains the figures.");
        var options = new CommandLineOptions();
        options.AddTo(root);
        foreach (var group in ScenarioGroup.All)
        {
            root.Add(CreateScenario(group.Name, group.Description, [group], options, [SystemUnderTest.Embedded], []));
        }

        root.Add(CreateScenario(
            "all",
            "Every scenario.",
            ScenarioGroup.All,
            options,
            [SystemUnderTest.Embedded, SystemUnderTest.Redis],
            SystemUnderTest.Peers));
        root.Add(CreateMicro());
        root.Add(CreateRawcast());
        return root;
    }

    private static Command CreateScenario(
        string name,
        string description,
        IReadOnlyList<ScenarioGroup> groups,
        CommandLineOptions commandLine,
        IReadOnlyList<SystemUnderTest> defaultSizes,
        IReadOnlyList<SystemUnderTest> defaultPeers)
    {
        var command = new Command(name, description);
        command.SetAction((result, cancellationToken) =>
        {
            var options = commandLine.Read(result, defaultSizes, defaultPeers);
            var scenarios = groups.SelectMany(group => group.Create(options)).ToList();
            var arguments = result.Tokens.Select(token => token.Value);
            return BenchRun.RunAsync(scenarios, options, arguments, cancellationToken);
        });
        return command;
    }

    private static Command CreateMicro()
    {
        var arguments = new Argument<string[]>("ARGUMENTS")
        {
            Description = "Passed to BenchmarkDotNet, such as --filter '*Ring*'.",
            Arity = ArgumentArity.ZeroOrMore,
            CaptureRemainingTokens = true,
        };
        var command = new Command("micro", "Microbenchmarks of frames, ring, codec and presence, with BenchmarkDotNet.")
        {
            arguments,
        };
        command.SetAction(result => MicroBenchmarks.Run(result.GetValue(arguments) ?? []));
        return command;
    }

    private static Command CreateRawcast()
    {
        var port = new Argument<int>("PORT");
        var command = new Command(Rawcast) { port };
        command.Hidden = true;
        command.SetAction(result => RawcastLoop.Serve(result.GetValue(port)));
        return command;
    }
}
