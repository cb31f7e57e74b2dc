using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LiveStreams.Core.Posts;

/// <summary>
/// Reads changes to posts from an update's data. They have the format of Wagtail Live's publishers
/// (<c>wagtail_live/publishers/websocket.py</c>), and <see cref="PostsJsonWriter"/> writes them:
/// <code>
/// changes  = {"renders":{id:{"show":bool,"content":html},…},"removals":[id,…]}   ; each optional
/// </code>
/// </summary>
public static class PostsJson
{
    internal const string Renders = "renders";
    internal const string Removals = "removals";

    /// <summary>The longest <see cref="Removals"/> in JSON: each character may be an escape of six.</summary>
    private const int MaxEscapedName = 6 * 8;

    // The deepest that JsonDocument reads by default. It takes quadratic time in the depth.
    private const int MaxDepth = 64;

    /// <summary>
    /// Whether the data of such an update changes posts if it describes changes. <c>livestreams.js</c> has the same
    /// rule, so a browser shows the posts that the server has.
    /// </summary>
    public static bool MayChangePosts(string? eventName, bool keep) => keep && (eventName is null or EventName.Default);

    /// <summary>Reads an update's data, which is text, and may be JSON.</summary>
    /// <param name="data">The data, valid UTF-8.</param>
    /// <param name="changes">
    /// The changes; null if the data is not about posts: it is not a JSON object, or has other members than
    /// <c>renders</c> and <c>removals</c>.
    /// </param>
    /// <param name="error">What is wrong with the changes, in one sentence, if the result is false.</param>
    /// <returns>False when the data is about posts but not valid.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> data,
        out PostChanges? changes,
        [NotNullWhen(false)] out string? error)
    {
        (changes, error) = (null, null);
        if (!StartsLikeChanges(data.Span))
        {
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.EnumerateObject().Any(member => member.Name is not (Renders or Removals)))
            {
                return true;
            }

            error = ReadChanges(document.RootElement, out changes);
        }
        catch (JsonException)
        {
            // A browser reads any depth, so what is too deep here must not become text.
            error = IsJson(data.Span) ? $"The changes must not be nested more than {MaxDepth} deep." : null;
        }
        catch (InvalidOperationException)
        {
            error = "A string has an unpaired surrogate, such as \"\\ud800\".";
        }

        return error is null;
    }

    // RFC 8259 §2. A byte order mark is not space, and makes the data text.
    private static ReadOnlySpan<byte> JsonSpace => " \t\r\n"u8;

    // A quick check of the first member's name: most updates are not about posts. A name with escapes may be any.
    private static bool StartsLikeChanges(ReadOnlySpan<byte> data)
    {
        var start = data.TrimStart(JsonSpace);
        if (start is not [(byte)'{', ..] || start[1..].TrimStart(JsonSpace) is not [(byte)'"', .. var rest])
        {
            return false;
        }

        var name = rest[..Math.Max(rest.IndexOf((byte)'"'), 0)];
        return name.SequenceEqual("renders"u8)
            || name.SequenceEqual("removals"u8)
            || (name.Length <= MaxEscapedName && name.Contains((byte)'\\'));
    }

    // In linear time, whatever the depth.
    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
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
}
