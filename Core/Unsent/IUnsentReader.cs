namespace LiveStreams.Core.Unsent;

/// <summary>A reader of a stream or of a response, for which bytes are held until it takes them.</summary>
public interface IUnsentReader
{
    /// <summary>
    /// Whose reader it is: the readers whose owners are equal share a limit. Such as the address of the client.
    /// </summary>
    object Owner { get; }

    /// <summary>Aborts the reader's connection.</summary>
    void Abort();
}
