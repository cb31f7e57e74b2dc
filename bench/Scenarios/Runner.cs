using System.Diagnostics;
using LiveStreams.Bench.Native;
using LiveStreams.Bench.Report;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>
/// Lets the contenders take turns, round after round, and tells on standard error what each round gave. A contender that fails in
/// one round of a scenario has no figures in it; the others go on.
/// </summary>
internal sealed class Runner(Options options, Results results, CancellationToken cancellationToken)
{
    private readonly List<string> _errors = [];

    /// <summary>One sentence for each contender that failed in a scenario.</summary>
    public IReadOnlyList<string> Faults => _errors;

    public async Task RunAsync(Scenario scenario)
    {
        OpenFiles.AllowStreams(scenario.Streams);
        var contenders = options.Contenders.Where(contender => contender.Has.HasFlag(scenario.Needs)).ToList();
        await using var servers = new RunningServers();
        if (!scenario.IsCold)
        {
            await InTurnAsync(contenders, contender => TryWarmUpAsync(scenario, contender, servers));
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            var name = $"{round}/{options.Rounds}";
            await InTurnAsync(contenders, async contender =>
            {
                await using var cold = scenario.IsCold ? await contender.StartAsync(cancellationToken) : null;
                var figures = await TryMeasureAsync(scenario, contender, cold ?? servers[contender], name);
                results.Add(scenario, contender, figures ?? []);
                return figures is not null;
            });
        }
    }

    /// <summary>Those for whom it fails take no further part.</summary>
    private static async Task InTurnAsync(List<Contender> contenders, Func<Contender, Task<bool>> tryAsync)
    {
        foreach (var contender in contenders.ToList())
        {
            if (!await tryAsync(contender))
            {
                contenders.Remove(contender);
            }
        }
    }

    /// <summary>Rounds that do not count, long enough for .NET to compile for good what is hot.</summary>
    private async Task<bool> TryWarmUpAsync(Scenario scenario, Contender contender, RunningServers servers)
    {
        var server = await servers.StartAsync(contender, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        while (await TryMeasureAsync(scenario, contender, server, "warm-up") is not null)
        {
            if (Stopwatch.GetElapsedTime(start) > options.Duration * 2)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One round; null when it fails.</summary>
    private async Task<IReadOnlyList<Figure>?> TryMeasureAsync(Scenario scenario, Contender contender, Server server, string round)
    {
        var name = $"{scenario.Title} · {contender.Title} · {round}";
        try
        {
            await server.SettleAsync(cancellationToken);
            var figures = await scenario.RunAsync(server, cancellationToken);
            await Console.Error.WriteLineAsync($"{name}: {string.Join(" · ", figures.Select(figure => $"{Number.Format(figure.Value)} {figure.Name}"))}");
            return figures;
        }
        catch (BenchException exception)
        {
            _errors.Add($"{name}: {exception.Message}");
            await Console.Error.WriteLineAsync(_errors[^1]);
            results.Remove(scenario, contender);
            return null;
        }
    }
}
