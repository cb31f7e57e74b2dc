namespace LiveStreams.Bench.Scenarios;

/// <summary>One number of one round; its name carries the unit. What only tells whether the round can be trusted stays out of the table.</summary>
internal sealed record Figure(string Name, double Value, bool IsInTable = true);
