namespace LiveStreams.Sqlite;

/// <summary>The first use of an idempotency key.</summary>
/// <param name="Sequence">The sequence of the update; 0 for a live-only one.</param>
/// <param name="Time">The time, in Unix milliseconds.</param>
/// <param name="Digest">The digest of the draft; empty if an older version has stored none.</param>
internal readonly record struct KeyUse(long Sequence, long Time, ReadOnlyMemory<byte> Digest);
