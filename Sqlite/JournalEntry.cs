using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>One appended update, as the journal holds it.</summary>
/// <param name="Page">Its page.</param>
/// <param name="Update">The update. The data of a live-only update is announced, but not stored.</param>
/// <param name="Posts">Its changes to the page's posts, or null.</param>
/// <param name="Key">Its idempotency key, or null.</param>
/// <param name="KeyTime">
/// When the key was first used, in Unix milliseconds: the clock's time, which may be earlier than the update's.
/// </param>
internal readonly record struct JournalEntry(
    PageState Page,
    Update Update,
    PostChanges? Posts,
    StoredKey? Key,
    long KeyTime)
{
    /// <summary>The approximate memory of an entry beyond its data, in bytes.</summary>
    private const int Overhead = 128;

    /// <summary>The approximate memory that the entry occupies until it is folded, in bytes.</summary>
    public long Bytes => Overhead + Update.Data.Length + (Posts?.Bytes ?? 0);

    /// <summary>What is remembered of its key.</summary>
    public KeyUse ToKeyUse() => new(Update.Id.Sequence, KeyTime, Key!.Digest);
}
