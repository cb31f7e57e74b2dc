namespace LiveStreams.Core;

/// <summary>The store cannot be reached, or did not respond in time. A later retry may succeed.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// True when the update may or may not have been published: only a retry with the same idempotency key is safe.
    /// </summary>
    public bool OutcomeUnknown { get; init; }
}
