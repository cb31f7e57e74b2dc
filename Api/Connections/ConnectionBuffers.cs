namespace LiveStreams.Api.Connections;

/// <summary>How much is held for one connection.</summary>
internal static class ConnectionBuffers
{
    /// <summary>
    /// The kernel's receive buffer of an event stream, whose client should send nothing: the least that Linux takes.
    /// </summary>
    public const int MinReceiveBytes = 2304;

    /// <summary>
    /// What is read ahead of HTTP. By default Kestrel's transport reads 1 MiB, held for every connection whose input
    /// nobody reads at the moment.
    /// </summary>
    public const int ReadAheadBytes = 16 * 1024;
}
