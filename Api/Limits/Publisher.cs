namespace LiveStreams.Api.Limits;

/// <summary>
/// Whose updates <c>Limits:PublishesPerSecond</c> counts together: those of a token's subject, else those of one
/// address.
/// </summary>
internal readonly record struct Publisher(string? Subject, ClientAddress Address);
