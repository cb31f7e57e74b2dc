using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStreams.Core.Posts;

/// <summary>
/// Posts as JSON. The changes in an update's data have the format of Wagtail Live's publishers
/// (<c>wagtail_live/publishers/websocket.py</c>):
/// <code>
/// changes  = {"renders":{id:{"show":bool,"content":html},…},"removals":[id,…]}   ; each optional
/// snapshot = {"id":update-id,"posts":[{"id":id,"show":bool,"content":html},…]}   ; newest first
/// </code>
/// </summary>
public static class PostsJson
{
    private const string Renders = "renders";
    private const string Removals = "removals";

    // Escapes only what JSON requires, so the text is readable and the same in every engine. It is never part of HTML.
    private static readonly JsonWriterOptions _writerOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads an update's data, which must be JSON.</summary>
    /// <param name="json">The data.</param>
    /// <param name="changes">
    /// The changes; null if the data is not about posts: it is not an object, or has other members than <c>renders</c>
    /// and <c>removals</c>.
    /// </param>
    /// <param name="error">What is wrong with the changes, in one sentence, if the result is false.</param>
    /// <returns>False when the data is about posts but not valid.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        out PostChanges? changes,
        [NotNullWhen(false)] out string? error)
    {
        (changes, error) = (null, null);
        try
        {
            if (!StartsLikeChanges(json.Span))
            {
                return true;
            }

            using var document = JsonDocument.Parse(json);
            if (document.RootElement.EnumerateObject().Any(member => member.Name is not (Renders or Removals)))
            {
                return true;
            }

            error = ReadChanges(document.RootElement, out changes);
        }
        catch (InvalidOperationException)
        {
            error = "A string has an unpaired surrogate, such as \"\\ud800\".";
        }

        return error is null;
    }

    /// <summary>The data of an update with these changes.</summary>
    public static ReadOnlyMemory<byte> Write(PostChanges changes) => Write(json =>
    {
        json.WriteStartObject(Renders);
        foreach (var post in changes.Renders)
        {
            json.WriteStartObject(post.Id);
            WriteContent(json, post);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray(Removals);
        foreach (var id in changes.Removals)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    });

    /// <summary>The data of a <c>snapshot</c> event.</summary>
    public static ReadOnlyMemory<byte> Snapshot(PagePosts posts) => Write(json => WriteSnapshot(json, posts));

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

    // A quick check of the first member: most published JSON is not about posts.
    private static bool StartsLikeChanges(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && (reader.ValueTextEquals(Renders) || reader.ValueTextEquals(Removals));
    }

    private static string? ReadChanges(JsonElement root, out PostChanges? changes)
    {
        var renders = new List<Post>();
        var removals = new HashSet<string>();
        var error = ReadRenders(root, renders) ?? ReadRemovals(root, removals);
        renders.RemoveAll(post => removals.Contains(post.Id));
        changes = error is null ? new PostChanges(renders, [.. removals]) : null;
        return error;
    }

    private static string? ReadRenders(JsonElement root, List<Post> renders)
    {
        // An empty array is accepted: in some languages, publishers encode an empty map like that.
        if (!root.TryGetProperty(Renders, out var posts)
            || (posts.ValueKind == JsonValueKind.Array && posts.GetArrayLength() == 0))
        {
            return null;
        }

        if (posts.ValueKind != JsonValueKind.Object)
        {
            return "'renders' must be an object: the id of each post, and its 'show' and 'content'.";
        }

        foreach (var member in InBrowserOrder(posts))
        {
            if (PostId.FindError(member.Name) is { } error)
            {
                return error;
            }

            if (member.Value.ValueKind != JsonValueKind.Object
                || !member.Value.TryGetProperty("show", out var show)
                || show.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
                || !member.Value.TryGetProperty("content", out var content)
                || content.ValueKind != JsonValueKind.String)
            {
                return $"The post '{member.Name}' must have 'show', true or false, and 'content', a string.";
            }

            renders.Add(new Post(member.Name, show.GetBoolean(), Encoding.UTF8.GetBytes(content.GetString()!)));
        }

        return null;
    }

    private static string? ReadRemovals(JsonElement root, HashSet<string> removals)
    {
        if (!root.TryGetProperty(Removals, out var ids))
        {
            return null;
        }

        if (ids.ValueKind != JsonValueKind.Array
            || ids.EnumerateArray().Any(id => id.ValueKind != JsonValueKind.String))
        {
            return "'removals' must be an array of the ids of posts.";
        }

        removals.UnionWith(ids.EnumerateArray().Select(id => id.GetString()!));
        return null;
    }

    // The order in which a browser enumerates the members of an object (ECMA-262 §10.1.11: array indices first,
    // ascending), so that every subscriber puts new posts in the same order as the page. Of members with the same
    // name, the last is used, in the place of the first.
    private static IEnumerable<JsonProperty> InBrowserOrder(JsonElement posts) => posts.EnumerateObject()
        .GroupBy(member => member.Name, (_, same) => same.Last())
        .OrderBy(member => IsArrayIndex(member.Name, out var index) ? index : long.MaxValue);

    private static bool IsArrayIndex(string name, out uint index) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index < uint.MaxValue && (name.Length == 1 || name[0] != '0');

    private static void WriteContent(Utf8JsonWriter json, Post post)
    {
        json.WriteBoolean("show", post.Show);
        json.WriteString("content", post.Content.Span);
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, _writerOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
