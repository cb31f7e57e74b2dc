using LiveStreams.Bench.Native;
using LiveStreams.Bench.Report;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Lets the contenders take turns, round after round, and tells on standard error what each round gave.</summary>
internal sealed class Runner(Options options, Results results, CancellationToken cancellationToken)
{
    public async Task RunAsync(Scenario scenario)
    {
        OpenFiles.AllowStreams(scenario.Streams);
        var contenders = options.Contenders.Where(contender => contender.Has.HasFlag(scenario.Needs)).ToList();
        await using var servers = new RunningServers();
        if (!scenario.IsCold)
        {
            foreach (var contender in contenders)
            {
                await MeasureAsync(scenario, contender, await servers.StartAsync(contender, cancellationToken), "warm-up");
            }
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                await using var cold = scenario.IsCold ? await contender.StartAsync(cancellationToken) : null;
                var figures = await MeasureAsync(scenario, contender, cold ?? servers[contender], $"{round}/{options.Rounds}");
                results.Add(scenario, contender, figures);
            }
        }
    }

    private async Task<IReadOnlyList<Figure>> MeasureAsync(Scenario scenario, Contender contender, Server server, string round)
    {
        try
        {
            await server.SettleAsync(cancellationToken);
            var figures = await scenario.RunAsync(server, cancellationToken);
            var texts = figures.Select(figure => $"{Number.Format(figure.Value)} {figure.Name}");
            await Console.Error.WriteLineAsync($"{scenario.Title} · {contender.Title} · {round}: {string.Join(" · ", texts)}");
            return figures;
        }
        catch (BenchException fault)
        {
            throw new BenchException($"{scenario.Title}, {contender.Title}: {fault.Message}");
        }
    }
}
