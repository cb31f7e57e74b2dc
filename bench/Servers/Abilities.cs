namespace LiveStreams.Bench.Servers;

/// <summary>What a scenario needs and not every server has.</summary>
[Flags]
internal enum Abilities
{
    None = 0,

    /// <summary>Pages that do not hear of each other.</summary>
    Pages = 1,

    /// <summary>Resuming after an id that LiveStreams gave.</summary>
    History = 2,
}
