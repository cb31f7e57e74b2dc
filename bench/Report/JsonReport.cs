using System.Text.Json;
using LiveStreams.Bench.Scenarios;

namespace LiveStreams.Bench.Report;

/// <summary>Writes the results as JSON, with the figures of every round.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string path, Results results, RunEnvironment environment)
    {
        // The property names are the JSON file's format.
        var rows =
            from row in results.Rows
            select new
            {
                row.Scenario,
                row.Figure,
                Contenders = row.Rounds.ToDictionary(
                    system => system.Key.Key,
                    system => new { Median = Statistics.Median(system.Value), Rounds = system.Value }),
            };
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, new { Machine = environment, Results = rows }, _options);
    }
}
