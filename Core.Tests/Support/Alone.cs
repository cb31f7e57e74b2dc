namespace LiveStreams.Core.Tests.Support;

/// <summary>Tests that count what the whole process does run after the others and one by one.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
