namespace LiveStreams.Core;

/// <summary>An idempotency key, and whose it is.</summary>
/// <param name="Text">The key as the publisher sends it (<see cref="UpdateDraft.FindKeyError"/>).</param>
/// <param name="Scope">
/// Stands for the publisher's subject: the same text in another scope is another key. Null for a publisher without a
/// subject: all of them share the page's keys.
/// </param>
public sealed record IdempotencyKey(string Text, string? Scope = null)
{
    /// <summary>The longest scope, in characters.</summary>
    public const int MaxScopeLength = 64;
}
