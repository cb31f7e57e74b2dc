using System.Text;
using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>The results as a Markdown table: the medians of the rounds, and the ratios between systems.</summary>
internal static class MarkdownTable
{
    /// <summary>The first two columns, scenario and figure, are text; the others are numbers.</summary>
    private const int TextColumns = 2;

    public static string Create(Results results, IReadOnlyList<SystemUnderTest> systems)
    {
        var ratios = Ratios(systems);
        List<string[]> lines =
        [
            [
                "scenario",
                "figure",
                .. systems.Select(system => system.Title),
                .. ratios.Select(ratio => $"{ratio.Of.Title} to {ratio.To.Title}"),
            ],
        ];
        var scenario = "";
        foreach (var row in results.Rows.Where(row => row.IsInTable))
        {
            lines.Add(
            [
                row.Scenario == scenario ? "" : row.Scenario,
                row.Figure,
                .. systems.Select(system => Cell(row.Median(system))),
                .. ratios.Select(ratio => Cell(row.Median(ratio.Of) / row.Median(ratio.To))),
            ]);
            scenario = row.Scenario;
        }

        return Align(lines);
    }

    // Each size to each peer, and the other sizes to the first.
    private static List<(SystemUnderTest Of, SystemUnderTest To)> Ratios(IReadOnlyList<SystemUnderTest> systems)
    {
        var sizes = systems.Where(system => !system.IsPeer).ToList();
        return
        [
            .. from size in sizes from peer in systems where peer.IsPeer select (size, peer),
            .. sizes.Skip(1).Select(size => (size, sizes[0])),
        ];
    }

    private static string Cell(double? value) => value is { } number ? Number.Format(number) : "";

    private static string Align(List<string[]> lines)
    {
        var columns = Enumerable.Range(0, lines[0].Length);
        var widths = columns.Select(column => lines.Max(line => line[column].Length)).ToArray();
        var rules = widths.Select((width, column) =>
            IsText(column) ? new string('-', width + 2) : new string('-', width + 1) + ':');
        var text = new StringBuilder();
        AppendRow(text, lines[0], widths);
        text.Append('|').AppendJoin('|', rules).AppendLine("|");
        foreach (var line in lines.Skip(1))
        {
            AppendRow(text, line, widths);
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string[] cells, int[] widths)
    {
        var padded = cells.Select((cell, column) =>
            IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
        text.Append("| ").AppendJoin(" | ", padded).AppendLine(" |");
    }

    private static bool IsText(int column) => column < TextColumns;
}
