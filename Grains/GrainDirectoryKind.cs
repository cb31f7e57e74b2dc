namespace LiveStreams.Grains;

/// <summary>Where the cluster keeps which page is active on which silo (<c>Orleans:GrainDirectory</c>).</summary>
public enum GrainDirectoryKind
{
    /// <summary>In the silos' memory, spread over them.</summary>
    Silos,

    /// <summary>In the Redis that holds the pages.</summary>
    Redis,
}
