namespace LiveStreams.Api.Tests.Support;

/// <summary>Tests that measure time or need the whole machine: they run last, one at a time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
