namespace LiveStreams.Api.Check;

/// <summary>How a <see cref="Finding"/> counts.</summary>
internal enum Severity
{
    Ok,

    /// <summary>A server works, but with less than its settings promise.</summary>
    Warn,

    /// <summary>A server would not start, or would lose data or refuse what it should accept.</summary>
    Fail,
}
