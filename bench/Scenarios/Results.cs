using LiveStreams.Bench.Servers;

namespace LiveStreams.Bench.Scenarios;

/// <summary>Everything measured so far, in the order in which it was measured.</summary>
internal sealed class Results
{
    private readonly List<ResultRow> _rows = [];

    public IReadOnlyList<ResultRow> Rows => _rows;

    public ResultRow? Find(string scenario, string figure) =>
        _rows.Find(row => row.Scenario == scenario && row.Figure == figure);

    public void Add(Scenario scenario, SystemUnderTest system, IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            if (Find(scenario.Title, figure.Name) is not { } row)
            {
                row = new ResultRow(scenario.Title, figure.Name, figure.IsInTable);
                _rows.Add(row);
            }

            if (!row.Rounds.TryGetValue(system, out var rounds))
            {
                row.Rounds[system] = rounds = [];
            }

            rounds.Add(figure.Value);
        }
    }

    /// <summary>Removes a system's figures in a scenario.</summary>
    public void Remove(Scenario scenario, SystemUnderTest system)
    {
        foreach (var row in _rows.Where(row => row.Scenario == scenario.Title))
        {
            row.Rounds.Remove(system);
        }
    }
}
