namespace LiveStreams.Core.Tracing;

/// <summary>The names of what is known of a span, beside OpenTelemetry's own.</summary>
public static class TraceTag
{
    /// <summary>The name of the page.</summary>
    public const string Page = "livestreams.page";

    /// <summary>The id of the update.</summary>
    public const string Update = "livestreams.update";

    /// <summary>What has become of a publish, as the metric <c>livestreams.publishes</c> names it.</summary>
    public const string Result = "livestreams.result";

    /// <summary>How many updates the append had.</summary>
    public const string Updates = "livestreams.updates";

    /// <summary>How many streams of the page were open in the process.</summary>
    public const string Subscribers = "livestreams.subscribers";
}
