namespace LiveStreams.Api.Security;

/// <summary>Who made a token, for whom, and which one it is: its <c>iss</c>, <c>sub</c> and <c>jti</c>.</summary>
internal sealed record TokenIdentity(string? Issuer, string? Subject, string? TokenId);
