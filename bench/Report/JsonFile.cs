using System.Text.Json;

namespace LiveStreams.Bench.Report;

/// <summary>The results as JSON, with every round's value.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions _writing = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string path, Results results, Facts facts)
    {
        var rows =
            from row in results.Rows
            select new
            {
                row.Scenario,
                row.Figure,
                Contenders = row.Rounds.ToDictionary(pair => pair.Key.Key, pair => new { Median = Number.Median(pair.Value), Rounds = pair.Value }),
            };
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, new { Machine = facts, Results = rows }, _writing);
    }
}
