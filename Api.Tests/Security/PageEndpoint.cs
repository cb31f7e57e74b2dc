namespace LiveStreams.Api.Tests.Security;

/// <summary>A request about one page: what it sends, and its status when it succeeds.</summary>
internal sealed record PageEndpoint(
    string Method, string Path, string? Body = null, string? ContentType = null, int SuccessStatus = 200)
{
    /// <summary>Every endpoint that publishes to one page.</summary>
    public static readonly PageEndpoint[] Publishing =
    [
        new("POST", "/pages/{page}/updates", "x", "text/plain", 201),
        new("PUT", "/pages/{page}/posts/a", "<p>x</p>", "text/html", 201),
        new("DELETE", "/pages/{page}/posts/a", SuccessStatus: 201),
        new("DELETE", "/pages/{page}"),
    ];

    public static readonly PageEndpoint Batch =
        new("POST", "/updates", """{"page":"{page}","data":"x"}""", "application/x-ndjson");

    /// <summary>It only reads, although its method could change something.</summary>
    public static readonly PageEndpoint StreamByPost =
        new("POST", "/events", """{"pages":["{page}"]}""", "application/json");

    /// <summary>Every endpoint that reads a page.</summary>
    public static readonly PageEndpoint[] Reading =
    [
        new("GET", "/pages/{page}/events"),
        new("GET", "/pages/{page}/events?snapshot=true"),
        new("GET", "/pages/{page}/events?from=earliest"),
        new("GET", "/pages/{page}/events?lastEventId=0"),
        new("GET", "/pages/{page}/updates"),
        new("GET", "/pages/{page}/posts"),
        new("GET", "/pages/{page}"),
    ];

    public async Task<HttpResponseMessage> SendAsync(
        ApiClient client, string page, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), ForPage(Path, Uri.EscapeDataString(page)));
        if (Body is not null)
        {
            request.Content = new StringContent(ForPage(Body, page), System.Text.Encoding.UTF8, ContentType!);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.OpenAsync(request);
    }

    public override string ToString() => $"{Method} {Path}";

    private static string ForPage(string text, string page) => text.Replace("{page}", page, StringComparison.Ordinal);
}
