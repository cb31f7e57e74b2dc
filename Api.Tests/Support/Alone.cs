namespace LiveStreams.Api.Tests.Support;

/// <summary>Tests that measure time, or need the machine to themselves, run after the others and one by one.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
