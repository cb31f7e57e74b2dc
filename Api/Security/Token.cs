namespace LiveStreams.Api.Security;

/// <summary>A token that was found good.</summary>
/// <param name="Subject">Whose it is: its <c>sub</c>; without one, the token is a publisher of its own.</param>
/// <param name="Grants">What it lets its bearer do.</param>
/// <param name="Expires">Its <c>exp</c>.</param>
/// <param name="Key">The key it is signed with; once that is gone the token counts no more.</param>
internal sealed record Token(string Subject, Grants Grants, DateTimeOffset Expires, SigningKey Key);
