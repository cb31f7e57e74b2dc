namespace LiveStreams.Api.Tool;

/// <summary>The server refused a request, or cannot be reached.</summary>
/// <param name="message">What happened, in one sentence.</param>
/// <param name="isTemporary">Whether the same request may succeed later.</param>
/// <param name="status">The status of the response; 0 if there was none.</param>
/// <param name="retryAfter">How long the server asks to wait; null if it did not ask.</param>
/// <param name="innerException">What went wrong below HTTP.</param>
internal sealed class ServerException(
    string message,
    bool isTemporary,
    int status = 0,
    TimeSpan? retryAfter = null,
    Exception? innerException = null)
    : ToolException(message, innerException)
{
    public bool IsTemporary { get; } = isTemporary;

    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>
    /// Whether to wait and try again. What has worked before is tried for as long as it takes. A first request is tried
    /// again only if the server itself asks for it, so that a wrong address is reported at once.
    /// </summary>
    public bool IsWorthRetrying(bool hasWorked) => IsTemporary && (hasWorked || RetryAfter is not null);
}
