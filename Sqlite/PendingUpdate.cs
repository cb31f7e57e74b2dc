using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>An update that is in the journal and not yet in history.</summary>
/// <param name="Update">The update.</param>
/// <param name="Posts">What it does to the page's posts, or null.</param>
internal readonly record struct PendingUpdate(Update Update, PostChanges? Posts)
{
    /// <summary>Whether it has ended the page.</summary>
    public bool IsEnd => Update.Event == EventName.End;
}
