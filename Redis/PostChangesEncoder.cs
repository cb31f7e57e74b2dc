using System.Globalization;
using System.Text;
using LiveStreams.Core.Posts;

namespace LiveStreams.Redis;

/// <summary>
/// Encodes the changes of a page's posts as <c>change_posts.lua</c> reads them: netstrings (a length in bytes,
/// <c>:</c>, that many bytes), three for each post: its id; shown, hidden or removed; its content.
/// </summary>
internal static class PostChangesEncoder
{
    public const char Shown = '1';
    private const char Hidden = '0';
    private const char Removed = '-';

    public static byte[] Encode(PostChanges changes)
    {
        var netstrings = new MemoryStream((int)changes.Bytes);
        foreach (var post in changes.Renders)
        {
            Write(netstrings, post.Id, post.Show ? Shown : Hidden, post.Content.Span);
        }

        foreach (var id in changes.Removals)
        {
            Write(netstrings, id, Removed, content: []);
        }

        return netstrings.ToArray();
    }

    private static void Write(MemoryStream netstrings, string id, char state, ReadOnlySpan<byte> content)
    {
        Write(netstrings, Encoding.UTF8.GetBytes(id));
        Write(netstrings, [(byte)state]);
        Write(netstrings, content);
    }

    private static void Write(MemoryStream netstrings, ReadOnlySpan<byte> text)
    {
        netstrings.Write(Encoding.ASCII.GetBytes(text.Length.ToString(CultureInfo.InvariantCulture)));
        netstrings.WriteByte((byte)':');
        netstrings.Write(text);
    }
}
