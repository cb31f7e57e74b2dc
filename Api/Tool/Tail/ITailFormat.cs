namespace LiveStreams.Api.Tool.Tail;

/// <summary>How events are written to standard output.</summary>
internal interface ITailFormat
{
    /// <summary>Returns the lines of one event, or null if it is not written there.</summary>
    string? Format(PageEvent update);
}
