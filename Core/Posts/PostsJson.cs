using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStreams.Core.Posts;

/// <summary>
/// Posts as JSON. What an update's data says of them is what Wagtail Live's publishers send (<c>wagtail_live/publishers/websocket.py</c>):
/// <code>
/// changes  = {"renders":{id:{"show":bool,"content":html},…},"removals":[id,…]}     ; either may be missing, both may be empty
/// snapshot = {"id":update-id,"posts":[{"id":id,"show":bool,"content":html},…]}     ; newest first
/// </code>
/// </summary>
public static class PostsJson
{
    private const string Renders = "renders";
    private const string Removals = "removals";

    // Readable, and the same in every engine: nothing is escaped that JSON does not ask for. It is never read as HTML.
    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Reads an update's data, which is JSON. <paramref name="changes"/> is null if it is not about posts: no object, or one that has other members
    /// than <c>renders</c> and <c>removals</c>.
    /// </summary>
    /// <returns>False when it is about posts and something is wrong with it, which <paramref name="error"/> says in one sentence.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, out PostChanges? changes, [NotNullWhen(false)] out string? error)
    {
        (changes, error) = (null, null);
        try
        {
            if (!BeginsLikeChanges(json.Span))
            {
                return true;
            }

            using var document = JsonDocument.Parse(json);
            if (document.RootElement.EnumerateObject().Any(member => member.Name is not (Renders or Removals)))
            {
                return true;
            }

            error = Read(document.RootElement, out changes);
        }
        catch (InvalidOperationException)
        {
            error = "A string of it has half a character in it, such as \"\\ud800\".";
        }

        return error is null;
    }

    /// <summary>What an update's data must be to make these changes.</summary>
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

    /// <summary>The members of a snapshot.</summary>
    public static void WriteSnapshot(Utf8JsonWriter json, PagePosts posts)
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

    // Most JSON that is published is not about posts, and its first member says so.
    private static bool BeginsLikeChanges(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals(Renders) || reader.ValueTextEquals(Removals));
    }

    private static string? Read(JsonElement root, out PostChanges? changes)
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
        // A publisher in a language whose empty map is its empty list sends that.
        if (!root.TryGetProperty(Renders, out var posts) || posts is { ValueKind: JsonValueKind.Array } && posts.GetArrayLength() == 0)
        {
            return null;
        }

        if (posts.ValueKind != JsonValueKind.Object)
        {
            return "renders is an object: a post's id, and its show and content.";
        }

        foreach (var member in InScriptOrder(posts))
        {
            if (PostId.FindError(member.Name) is { } error)
            {
                return error;
            }

            if (member.Value.ValueKind != JsonValueKind.Object
                || !member.Value.TryGetProperty("show", out var show) || show.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
                || !member.Value.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.String)
            {
                return $"The post '{member.Name}' has no show, true or false, and content, a string.";
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

        if (ids.ValueKind != JsonValueKind.Array || ids.EnumerateArray().Any(id => id.ValueKind != JsonValueKind.String))
        {
            return "removals is an array of the ids of posts.";
        }

        removals.UnionWith(ids.EnumerateArray().Select(id => id.GetString()!));
        return null;
    }

    // A browser lists the members of an object in this order (ECMA-262 §10.1.11: array indices first, ascending), and every subscriber must come to the same
    // order of new posts as the page. Of members of the same name the last counts, in the place of the first.
    private static IEnumerable<JsonProperty> InScriptOrder(JsonElement posts) => posts.EnumerateObject()
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
        using (var json = new Utf8JsonWriter(bytes, _writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
