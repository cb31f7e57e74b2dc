using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>A valid token. The request that carries it has it as a feature.</summary>
/// <param name="Subject">
/// Whose token it is (<see cref="SubjectHash"/>); without <c>sub</c>, the token is a publisher of its own.
/// </param>
/// <param name="KeyScope">
/// The scope of its bearer's idempotency keys (<see cref="IdempotencyKey.Scope"/>): its subject; null without
/// <c>sub</c>.
/// </param>
/// <param name="Identity">By what it can be revoked.</param>
/// <param name="Grants">What it grants its bearer.</param>
/// <param name="Expires">Its <c>exp</c>.</param>
/// <param name="Key">The key it is signed with; when that is retired, the token is no longer valid.</param>
internal sealed record Token(
    string Subject, string? KeyScope, TokenIdentity Identity, Grants Grants, DateTimeOffset Expires, SigningKey Key)
{
    private int _clearedVersion;

    /// <summary>The last version of the list of revoked tokens that did not have this token.</summary>
    public int ClearedVersion
    {
        get => Volatile.Read(ref _clearedVersion);
        set => Volatile.Write(ref _clearedVersion, value);
    }
}
