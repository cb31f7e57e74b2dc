namespace LiveStreams.Bench.Servers;

/// <summary>What some scenarios need and not every server has.</summary>
[Flags]
internal enum ServerCapabilities
{
    None = 0,

    /// <summary>Separate pages: a subscriber receives only the updates of its own page.</summary>
    Pages = 1,

    /// <summary>Resuming after the id that LiveStreams returned for an update.</summary>
    History = 2,

    /// <summary>Several pages in one stream, as LiveStreams has them.</summary>
    ManyPages = 4,
}
