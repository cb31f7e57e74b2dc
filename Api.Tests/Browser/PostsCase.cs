namespace LiveStreams.Api.Tests.Browser;

/// <summary>
/// An update that looks like a change of posts, the response to it, and the posts of an empty page after it
/// (<c>id=content</c>, newest first).
/// </summary>
internal sealed record PostsCase(string Name, string Data, params string[] Posts)
{
    /// <summary>A change that the server takes.</summary>
    public const string Change = """{"renders":{"a":{"show":true,"content":"1"}},"removals":[]}""";

    private const string Json = "application/json";

    public string? ContentType { get; init; } = "text/plain";

    public string Query { get; init; } = "";

    /// <summary>Whether another program publishes the data in Redis.</summary>
    public bool IsForeign { get; init; }

    public int Status { get; init; } = 201;

    public static IEnumerable<PostsCase> All =>
    [
        // Whatever the content type.
        new("JSON", Change, "a=1") { ContentType = Json },
        new("text", Change, "a=1"),
        new("no content type", Change, "a=1") { ContentType = null },
        new("a form", Change, "a=1") { ContentType = "application/x-www-form-urlencoded" },

        // Only kept updates of the default name.
        new("the default name", Change, "a=1") { Query = "?event=message" },
        new("another name", Change) { Query = "?event=score" },
        new("live only, JSON", Change) { Query = "?keep=false", ContentType = Json },
        new("live only, text", Change) { Query = "?keep=false&event=message" },
        new("another program", Change) { IsForeign = true },

        // Only the two members.
        new("no member", "{}"),
        new("one member", """{"renders":{"a":{"show":true,"content":"1"}}}""", "a=1"),
        new("a member more, last", """{"renders":{"a":{"show":true,"content":"1"}},"removals":[],"x":1}"""),
        new("a member more, first", """{"x":1,"renders":{"a":{"show":true,"content":"1"}}}"""),
        new("a member more, without a name", """{"renders":{"a":{"show":true,"content":"1"}},"":1}"""),
        new("a prototype more", """{"renders":{"a":{"show":true,"content":"1"}},"__proto__":{}}"""),
        new("a post with more members", """{"renders":{"a":{"x":"\ud800","show":true,"content":"1"}}}""", "a=1"),
        new("a post called __proto__", """{"renders":{"__proto__":{"show":true,"content":"1"}}}""", "__proto__=1"),
        new("a post with a prototype", """{"renders":{"a":{"__proto__":{"show":true,"content":"1"}}}}""")
            { Status = 400 },
        new(
            "duplicate members",
            """{"renders":{"x":1},"removals":[1],"renders":{"a":{"show":true,"content":"1"}},"removals":[]}""",
            "a=1"),
        new("duplicate posts", Render(Post("a", "1"), Post("b", "1"), Post("a", "2")), "b=1", "a=2"),
        new(
            "a post with duplicate members",
            """{"renders":{"a":{"show":1,"show":false,"content":"1","content":"2"}}}""",
            "a~2"),
        new("escaped names", """{"\u0072end\u0065rs":{"\u0061":{"sho\u0077":true,"content":"1"}}}""", "a=1"),
        new(
            "numbers as ids",
            Render(Post("b", ""), Post("10", ""), Post("9", ""), Post("01", "")),
            "01=", "b=", "10=", "9="),
        new(
            "rendered and removed",
            """{"removals":["a"],"renders":{"a":{"show":true,"content":"1"},"b":{"show":true,"content":"1"}}}""",
            "b=1"),
        new("an empty list of renders", """{"renders":[],"removals":["a"]}"""),

        // Wrong ones.
        new("renders that are null", """{"renders":null}""") { Status = 400 },
        new("a list of renders", """{"renders":[{"show":true,"content":"1"}]}""") { Status = 400 },
        new("a number for show", """{"renders":{"a":{"show":1,"content":"1"}}}""") { Status = 400 },
        new("no content", """{"renders":{"a":{"show":true}}}""") { Status = 400 },
        new("a number among removals", """{"renders":{},"removals":[1]}""") { Status = 400 },
        new("an id that is a dot segment", Render(Post("..", "1"))) { Status = 400 },
        new("an id with a control character", Render(Post("a\\u0000", "1"))) { Status = 400 },
        new("an id with half a character", Render(Post("\\ud800", "1"))) { Status = 400 },
        new("content with half a character", Render(Post("a", "\\ud800"))) { Status = 400 },
        new("a post that is too large", Render(Post("a", new string('x', 101)))) { Status = 413 },
        new("too many posts", Render([.. Enumerable.Range(1, 5).Select(n => Post($"{n}", ""))])) { Status = 409 },

        // Text on its way to a browser and back: event streams have lines.
        new("line ends between the tokens", Change.Replace("{", "\r\n{\r", StringComparison.Ordinal) + "\n\n", "a=1"),
        new("line ends in JSON", Change.Replace(":", "\r:\n", StringComparison.Ordinal), "a=1") { ContentType = Json },
        new("a line end in a string", Render(Post("a", "1\r2"))),
        new("other line ends in a string", Render(Post("a", "1\u0085\u20282")), "a=1\u0085\u20282"),
        new("an escaped NUL", """{"renders":{"a":{"show":true,"content":"\u0000<b>1</b>"}}}""", "a=\0<b>1</b>"),
        new("a NUL in a string", Render(Post("a", "\0"))),
        new("a NUL at the end", Change + "\0"),
        new("a byte order mark", "\uFEFF" + Change),
        new("a byte order mark in JSON", "\uFEFF" + Change) { ContentType = Json, Status = 400 },
        new("other space before it", "\u00A0" + Change),
        new("something after it", Change + "x"),
        new("two of them", Change + Change),

        // A browser would read it, so it must not be published as text.
        new("deep text", DeepChange) { Status = 400 },
        new("deep JSON", DeepChange) { ContentType = Json, Status = 400 },
        new("a large number", """{"renders":{"a":{"x":-1e999,"show":true,"content":"1"}}}""", "a=1"),

        // Other data.
        new("null", "null"),
        new("a number", "7"),
        new("a string", "\"renders\""),
        new("a list", """[{"renders":{"a":{"show":true,"content":"1"}}}]"""),
        new("text in braces", "{renders}"),
    ];

    private static string DeepChange => Render(
        Post("a", "1").Replace("{", $"{{\"x\":{Lists(10_000)},", StringComparison.Ordinal));

    private static string Lists(int depth) => new string('[', depth) + new string(']', depth);

    // Nothing is escaped, so that it may be malformed.
    private static string Post(string id, string content) => $"\"{id}\":{{\"show\":true,\"content\":\"{content}\"}}";

    private static string Render(params string[] posts) => $"{{\"renders\":{{{string.Join(',', posts)}}}}}";
}
