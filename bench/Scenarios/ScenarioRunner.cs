using System.Diagnostics;
using LiveStreams.Bench.Native;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Measures the systems in turn, round after round, and reports each round on standard error. A system that fails in
/// one round of a scenario has no figures in that scenario; the others continue.
/// </summary>
internal sealed class ScenarioRunner(Options options, Results results, CancellationToken cancellationToken)
{
    private readonly List<string> _errors = [];

    /// <summary>One sentence for each system that failed in a scenario.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public async Task RunAsync(Scenario scenario)
    {
        OpenFileLimit.RaiseFor(scenario.Streams);
        var systems = options.Systems
            .Where(system => system.Capabilities.HasFlag(scenario.RequiredCapabilities))
            .ToList();
        await using var servers = new RunningServers();
        if (!scenario.NeedsNewServer)
        {
            await InTurnAsync(systems, system => TryWarmUpAsync(scenario, system, servers));
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            var name = $"{round}/{options.Rounds}";
            await InTurnAsync(systems, async system =>
            {
                await using var newServer =
                    scenario.NeedsNewServer ? await system.StartAsync(cancellationToken) : null;
                var figures = await TryMeasureAsync(scenario, system, newServer ?? servers[system], name);
                results.Add(scenario, system, figures ?? []);
                return figures is not null;
            });
        }
    }

    /// <summary>Runs an action for each system, and removes the systems for which it fails.</summary>
    private static async Task InTurnAsync(
        List<SystemUnderTest> systems,
        Func<SystemUnderTest, Task<bool>> tryAsync)
    {
        foreach (var system in systems.ToList())
        {
            if (!await tryAsync(system))
            {
                systems.Remove(system);
            }
        }
    }

    /// <summary>Runs rounds that do not count, long enough for .NET to optimise the hot code.</summary>
    private async Task<bool> TryWarmUpAsync(Scenario scenario, SystemUnderTest system, RunningServers servers)
    {
        var server = await servers.StartAsync(system, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        while (await TryMeasureAsync(scenario, system, server, "warm-up") is not null)
        {
            if (Stopwatch.GetElapsedTime(start) > options.Duration * 2)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs one round; null when it fails.</summary>
    private async Task<IReadOnlyList<Figure>?> TryMeasureAsync(
        Scenario scenario,
        SystemUnderTest system,
        Server server,
        string round)
    {
        var name = $"{scenario.Title} · {system.Title} · {round}";
        try
        {
            await server.WaitUntilIdleAsync(cancellationToken);
            var figures = await scenario.RunAsync(server, cancellationToken);
            var values = figures.Select(figure => $"{Number.Format(figure.Value)} {figure.Name}");
            await Console.Error.WriteLineAsync($"{name}: {string.Join(" · ", values)}");
            return figures;
        }
        catch (BenchException exception)
        {
            _errors.Add($"{name}: {exception.Message}");
            await Console.Error.WriteLineAsync(_errors[^1]);
            results.Remove(scenario, system);
            return null;
        }
    }
}
