namespace LiveStreams.Api.Tool;

/// <summary>
/// Standard output takes nothing any more, as in <c>tail home | head -1</c>. The command ends without a word.
/// </summary>
internal sealed class ClosedOutputException(IOException innerException)
    : Exception("Standard output is closed.", innerException);
