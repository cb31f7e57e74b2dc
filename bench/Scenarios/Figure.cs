namespace LiveStreams.Bench.Scenarios;

/// <summary>One number measured in one round.</summary>
/// <param name="Name">What was measured, and its unit.</param>
/// <param name="Value">The number.</param>
/// <param name="IsInTable">False for a figure that only shows whether the round can be trusted.</param>
internal sealed record Figure(string Name, double Value, bool IsInTable = true);
