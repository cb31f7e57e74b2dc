using System.Text;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>The results as a Markdown table: the medians, and each size's ratio to each peer.</summary>
internal static class Table
{
    public static string Of(Results results, IReadOnlyList<Contender> contenders)
    {
        var ratios = Ratios(contenders);
        List<string[]> lines = [["scenario", "figure", .. contenders.Select(c => c.Title), .. ratios.Select(r => $"{r.Of.Title} to {r.To.Title}")]];
        var scenario = "";
        foreach (var row in results.Rows.Where(row => row.IsInTable))
        {
            lines.Add([
                row.Scenario == scenario ? "" : row.Scenario,
                row.Figure,
                .. contenders.Select(c => Cell(row.Median(c))),
                .. ratios.Select(r => Cell(row.Median(r.Of) / row.Median(r.To)))]);
            scenario = row.Scenario;
        }

        return Aligned(lines);
    }

    // Each size to each peer, and the other size to the first.
    private static List<(Contender Of, Contender To)> Ratios(IReadOnlyList<Contender> contenders)
    {
        var sizes = contenders.Where(contender => !contender.IsPeer).ToList();
        return
        [
            .. from size in sizes from peer in contenders where peer.IsPeer select (size, peer),
            .. sizes.Skip(1).Select(size => (size, sizes[0])),
        ];
    }

    private static string Cell(double? value) => value is { } number ? Number.Format(number) : "";

    private static string Aligned(List<string[]> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        AppendQueue(text, lines[0], widths);
        text.Append('|').AppendJoin('|', widths.Select((width, column) => IsText(column) ? new string('-', width + 2) : new string('-', width + 1) + ':')).AppendLine("|");
        foreach (var line in lines.Skip(1))
        {
            AppendQueue(text, line, widths);
        }

        return text.ToString();
    }

    private static void AppendQueue(StringBuilder text, string[] cells, int[] widths) => text
        .Append("| ")
        .AppendJoin(" | ", cells.Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))
        .AppendLine(" |");

    private static bool IsText(int column) => column < 2;
}
