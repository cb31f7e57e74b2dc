namespace LiveStreams.Core.Metrics;

/// <summary>Why an event stream has ended.</summary>
public enum StreamEnd
{
    /// <summary>Its reader has disconnected, or has sent something.</summary>
    Client,

    /// <summary>Its reader was too slow.</summary>
    Slow,

    /// <summary>The server stops.</summary>
    Stopping,

    /// <summary>It was as old as a stream may be.</summary>
    Age,

    /// <summary>Its token is no longer valid.</summary>
    Token,

    /// <summary>Its page was deleted.</summary>
    Page,

    /// <summary>It cannot follow all pages that match its patterns.</summary>
    Pattern,

    /// <summary>An unexpected exception.</summary>
    Error,
}
