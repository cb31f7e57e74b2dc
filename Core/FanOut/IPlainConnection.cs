namespace LiveStreams.Core.FanOut;

/// <summary>
/// The connection under an HTTP/1.1 response that nothing encrypts or multiplexes: what goes into it are the bytes of the response, so that an event
/// need not go through the server's pipe.
/// </summary>
public interface IPlainConnection
{
    /// <summary>
    /// Sends what the connection takes without waiting, and says how many bytes that was; 0 also when it is closed, which the pipe then tells. Only while
    /// nothing that was written to the pipe is still on its way.
    /// </summary>
    int TrySend(ReadOnlySpan<byte> bytes);
}
