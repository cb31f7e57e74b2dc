using System.Text;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// The format of a row of the journal: the entries of a commit, one after the other. Numbers are 7-bit encoded, times
/// are Unix milliseconds, strings are UTF-8, preceded by their length in bytes.
/// <code>
/// entry  := page · sequence (0: live-only) · time · flags · [event] · [key · key time · [digest]] · [length · data]
/// digest := 16 bytes; rows of a file of version 3 or earlier have none
/// </code>
/// </summary>
internal static class JournalRow
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Event = 1,
        Key = 2,

        /// <summary>The data holds changes to the page's posts (<see cref="PostsJson"/>).</summary>
        Posts = 4,

        /// <summary>The key has a digest.</summary>
        Digest = 8,
    }

    public static void Write(BinaryWriter row, in JournalEntry entry)
    {
        var update = entry.Update;
        row.Write7BitEncodedInt64(entry.Page.RowId);
        row.Write7BitEncodedInt64(update.Id.Sequence);
        row.Write7BitEncodedInt64(update.Time.ToUnixTimeMilliseconds());
        row.Write((byte)PartsOf(entry));
        if (update.Event is not null)
        {
            row.Write(update.Event);
        }

        if (entry.Key is not null)
        {
            row.Write(entry.Key.Name);
            row.Write7BitEncodedInt64(entry.KeyTime);
            row.Write(entry.Key.Digest.Span);
        }

        if (!update.IsLiveOnly)
        {
            row.Write7BitEncodedInt(update.Data.Length);
            row.Write(update.Data.Span);
        }
    }

    /// <summary>Reads a row. Entries of pages that <paramref name="findPage"/> does not find are skipped.</summary>
    public static IEnumerable<JournalEntry> Read(byte[] bytes, Func<long, PageState?> findPage)
    {
        using var row = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        while (row.BaseStream.Position < bytes.Length)
        {
            var page = findPage(row.Read7BitEncodedInt64());
            var sequence = row.Read7BitEncodedInt64();
            var time = DateTimeOffset.FromUnixTimeMilliseconds(row.Read7BitEncodedInt64());
            var parts = (Parts)row.ReadByte();
            var name = parts.HasFlag(Parts.Event) ? row.ReadString() : null;
            var (key, keyTime) = parts.HasFlag(Parts.Key) ? ReadKey(row, parts) : (null, 0);
            var data = sequence == 0 ? [] : row.ReadBytes(row.Read7BitEncodedInt());
            if (page is not null)
            {
                var id = sequence == 0 ? UpdateId.None : new UpdateId(page.Epoch, sequence);
                var posts = parts.HasFlag(Parts.Posts) ? PostsOf(data) : null;
                yield return new JournalEntry(page, new Update(id, name, data, time), posts, key, keyTime);
            }
        }
    }

    private static Parts PartsOf(in JournalEntry entry) =>
        (entry.Update.Event is null ? Parts.None : Parts.Event)
        | (entry.Key is null ? Parts.None : Parts.Key)
        | (entry.Posts is null ? Parts.None : Parts.Posts)
        | (entry.Key is null or { Digest.IsEmpty: true } ? Parts.None : Parts.Digest);

    private static (StoredKey Key, long Time) ReadKey(BinaryReader row, Parts parts)
    {
        var name = row.ReadString();
        var time = row.Read7BitEncodedInt64();
        var digest = parts.HasFlag(Parts.Digest) ? row.ReadBytes(StoredKey.DigestLength) : default;
        return (new StoredKey(name, digest), time);
    }

    private static PostChanges? PostsOf(byte[] data) =>
        PostsJson.TryRead(data, out var changes, out var error) ? changes : throw new InvalidDataException(error);
}
