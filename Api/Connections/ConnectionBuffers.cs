namespace LiveStreams.Api.Connections;

/// <summary>How much is held for one connection.</summary>
internal static class ConnectionBuffers
{
    /// <summary>
    /// The kernel's receive buffer of an event stream, whose client should send nothing: the least that Linux takes.
    /// </summary>
    public const int MinReceiveBytes = 2304;

    /// <summary>
    /// The most that is read before HTTP asks for it. Kestrel's default of 1 MiB would let a client that sends without
    /// end fill that much memory on each of its connections.
    /// </summary>
    public const int ReadAheadBytes = 16 * 1024;
}
