using System.CommandLine;

namespace LiveStreams.Api.Tool;

/// <summary><c>posts PAGE</c>: prints the posts of a page as they are now.</summary>
internal static class PostsCommand
{
    private const string Indent = "    ";

    private static readonly Argument<string> _page = ToolArgument.CreatePage("The page.");

    private static readonly Option<bool> _json = new("--json")
    {
        Description = """One JSON object for other programs: {"page","id","posts":[{"id","show","content"}]}.""",
    };

    public static Command Create()
    {
        var server = new ServerOptions();
        var posts = new Command("posts", "Prints the posts of a page as they are now, newest first.") { _page, _json };
        server.AddTo(posts);
        posts.SetAction((arguments, cancellationToken) => RunAsync(server, arguments, cancellationToken));
        return posts;
    }

    private static async Task<int> RunAsync(
        ServerOptions options, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var server = options.CreateClient(arguments);
        using var output = new ToolOutput();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{ServerClient.PathOf(arguments.GetValue(_page)!)}/posts");
        using var response = await server.SendAsync(request, cancellationToken);
        var posts = await ServerJson.ReadAsync(response, PagePostsJson.Default.PagePosts, cancellationToken);
        if (arguments.GetValue(_json))
        {
            output.WriteJson(posts, PagePostsJson.Default.PagePosts);
        }
        else
        {
            Print(posts, output, TerminalStyle.ForOutput());
        }

        return 0;
    }

    private static void Print(PagePosts posts, ToolOutput output, TerminalStyle style)
    {
        var count = posts.Posts.Count == 1 ? "1 post" : $"{posts.Posts.Count} posts";
        output.WriteLine(TerminalText.Escape($"{posts.Page}: {count} at {posts.Id}"));
        foreach (var post in posts.Posts)
        {
            output.WriteLine(
                $"{style.Cyan(TerminalText.Escape(post.Id))}{(post.Show ? "" : style.Dim(" (hidden)"))}");
            foreach (var line in post.Content.ReplaceLineEndings("\n").Split('\n'))
            {
                output.WriteLine($"{Indent}{TerminalText.Escape(line)}");
            }
        }
    }
}
