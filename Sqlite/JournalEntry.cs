using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>One update that was appended, as the journal holds it.</summary>
/// <param name="Page">Its page.</param>
/// <param name="Update">The update. The data of a live-only one is announced and not written.</param>
/// <param name="Posts">What it does to the page's posts, or null.</param>
/// <param name="Key">Its idempotency key, or null.</param>
/// <param name="KeyTime">When the key was answered, in Unix milliseconds: the clock's time, which may be behind the update's.</param>
internal readonly record struct JournalEntry(PageState Page, Update Update, PostChanges? Posts, string? Key, long KeyTime)
{
    /// <summary>About what one holds in memory beyond its data, in bytes.</summary>
    private const int Overhead = 128;

    /// <summary>About what it holds in memory until it is folded, in bytes.</summary>
    public long Weight => Overhead + Update.Data.Length + (Posts?.Bytes ?? 0);
}
