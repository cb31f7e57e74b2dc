namespace LiveStreams.Api.Tests.Security;

/// <summary>One way in: a request about a page.</summary>
internal sealed record Door(string Method, string Path, string? Body = null, string? ContentType = null, int Admitted = 200)
{
    /// <summary>Every way to publish to one page.</summary>
    public static readonly Door[] Publishing =
    [
        new("POST", "/pages/{page}/updates", "x", "text/plain", 201),
        new("PUT", "/pages/{page}/posts/a", "<p>x</p>", "text/html", 201),
        new("DELETE", "/pages/{page}/posts/a", Admitted: 201),
        new("DELETE", "/pages/{page}"),
    ];

    public static readonly Door Batch = new("POST", "/updates", """{"page":"{page}","data":"x"}""", "application/x-ndjson");

    /// <summary>Every way to see something of a page.</summary>
    public static readonly Door[] Reading =
    [
        new("GET", "/pages/{page}/events"),
        new("GET", "/pages/{page}/events?snapshot=true"),
        new("GET", "/pages/{page}/events?from=earliest"),
        new("GET", "/pages/{page}/events?lastEventId=0"),
        new("GET", "/pages/{page}/updates"),
        new("GET", "/pages/{page}/posts"),
        new("GET", "/pages/{page}"),
    ];

    public async Task<HttpResponseMessage> KnockAsync(ApiClient client, string page, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), In(Path, Uri.EscapeDataString(page)));
        if (Body is not null)
        {
            request.Content = new StringContent(In(Body, page), System.Text.Encoding.UTF8, ContentType!);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.OpenAsync(request);
    }

    public override string ToString() => $"{Method} {Path}";

    private static string In(string text, string page) => text.Replace("{page}", page, StringComparison.Ordinal);
}
