using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStreams.Core.Posts;

/// <summary>
/// Writes posts as JSON: changes, which <see cref="PostsJson"/> reads, and snapshots:
/// <code>
/// snapshot = {"id":update-id,"posts":[{"id":id,"show":bool,"content":html},…]}   ; newest first
/// </code>
/// </summary>
public static class PostsJsonWriter
{
    private const int MinBufferBytes = 256;

    // Escapes only what JSON requires, so the text is readable and the same in every engine. It is never part of HTML.
    private static readonly JsonWriterOptions _writerOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The data of an update with these changes.</summary>
    public static ReadOnlyMemory<byte> Changes(PostChanges changes) => Write(json =>
    {
        json.WriteStartObject(PostsJson.Renders);
        foreach (var post in changes.Renders)
        {
            json.WriteStartObject(post.Id);
            WriteContent(json, post);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray(PostsJson.Removals);
        foreach (var id in changes.Removals)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    });

    /// <summary>The data of a <c>snapshot</c> event.</summary>
    public static ReadOnlyMemory<byte> Snapshot(PagePosts posts) =>
        Write(json => WriteSnapshot(json, posts), posts.Posts.Sum(post => post.Content.Length));

    private static void WriteSnapshot(Utf8JsonWriter json, PagePosts posts)
    {
        json.WriteString("id", posts.Page.Head.ToString());
        json.WriteStartArray("posts");
        foreach (var post in posts.Posts)
        {
            json.WriteStartObject();
            json.WriteString("id", post.Id);
            WriteContent(json, post);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter json, Post post)
    {
        json.WriteBoolean("show", post.Show);
        json.WriteString("content", post.Content.Span);
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write, int contentBytes = 0)
    {
        var bytes = new ArrayBufferWriter<byte>(MinBufferBytes + contentBytes);
        using (var json = new Utf8JsonWriter(bytes, _writerOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
