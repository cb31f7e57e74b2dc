namespace LiveStreams.Core.FanOut;

/// <summary>
/// The connection under an HTTP/1.1 response without TLS. The bytes of the response are the bytes of the connection,
/// so an event can be sent directly, without the server's pipe.
/// </summary>
public interface IDirectConnection
{
    /// <summary>
    /// Sends what the connection takes without waiting, and returns the number of bytes sent. Returns 0 also when the
    /// connection is closed: the next flush of the pipe reports that. Must not be called while bytes that were
    /// written to the pipe are still being sent.
    /// </summary>
    int TrySend(ReadOnlySpan<byte> bytes);
}
