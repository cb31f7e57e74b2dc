using LiveStreams.Bench.Scenarios;
using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Report;

/// <summary>Everything measured so far, in the order in which it was.</summary>
internal sealed class Results
{
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Row> Rows => _rows;

    public Row? Find(string scenario, string figure) => _rows.Find(row => row.Scenario == scenario && row.Figure == figure);

    public void Add(Scenario scenario, Contender contender, IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            if (Find(scenario.Title, figure.Name) is not { } row)
            {
                row = new Row(scenario.Title, figure.Name, figure.IsInTable);
                _rows.Add(row);
            }

            if (!row.Rounds.TryGetValue(contender, out var rounds))
            {
                row.Rounds[contender] = rounds = [];
            }

            rounds.Add(figure.Value);
        }
    }

    /// <summary>Forgets what a contender had in a scenario.</summary>
    public void Remove(Scenario scenario, Contender contender) =>
        _rows.FindAll(row => row.Scenario == scenario.Title).ForEach(row => row.Rounds.Remove(contender));
}
