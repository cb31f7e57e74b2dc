using LiveStreams.Bench.Scenarios;

namespace LiveStreams.Bench.Report;

/// <summary>Writes the table to standard output, and the JSON file and the plot if they were requested.</summary>
internal static class ReportWriter
{
    public static async Task WriteAsync(
        Options options,
        IEnumerable<Scenario> scenarios,
        Results results,
        RunEnvironment environment)
    {
        if (results.Rows.Count == 0)
        {
            return;
        }

        Console.WriteLine(environment);
        Console.WriteLine();
        Console.WriteLine(MarkdownTable.Create(results, options.Systems));
        if (options.JsonFile is { } json)
        {
            await JsonReport.WriteAsync(json, results, environment);
        }

        if (options.PlotFile is { } plot)
        {
            var scaling = scenarios.OfType<ScalingScenario>().ToList();
            await File.WriteAllTextAsync(plot, ScalingPlot.ToSvg(results, scaling, options.Systems));
        }
    }
}
