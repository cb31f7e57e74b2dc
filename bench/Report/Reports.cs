using LiveStreams.Bench.Scenarios;

namespace LiveStreams.Bench.Report;

/// <summary>Hands over what a run has measured: the table on standard output, the rest to the files asked for.</summary>
internal static class Reports
{
    public static async Task WriteAsync(Options options, IEnumerable<Scenario> scenarios, Results results, Facts facts)
    {
        if (results.Rows.Count == 0)
        {
            return;
        }

        Console.WriteLine(facts);
        Console.WriteLine();
        Console.WriteLine(Table.Of(results, options.Contenders));
        if (options.JsonFile is { } json)
        {
            await JsonFile.WriteAsync(json, results, facts);
        }

        if (options.PlotFile is { } plot)
        {
            await File.WriteAllTextAsync(plot, ScalingPlot.Of(results, scenarios.OfType<Scaling>(), options.Contenders));
        }
    }
}
