namespace LiveStreams.Api.Check;

/// <summary>What a check has found: one line, and if something is wrong, what to do about it.</summary>
/// <param name="Severity">Whether a server would do its work.</param>
/// <param name="Text">The line. It has no secret in it.</param>
internal sealed record Finding(Severity Severity, string Text)
{
    public static Finding Ok(string text) => new(Severity.Ok, text);

    public static Finding Warn(string text) => new(Severity.Warn, text);

    public static Finding Fail(string text) => new(Severity.Fail, text);
}
