using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Http;

/// <summary>
/// A file for browsers, embedded in this assembly, so that it is served wherever the server is started.
/// </summary>
internal sealed class EmbeddedFile
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly byte[] _content;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _tag;
    private readonly string? _contentSecurityPolicy;

    private EmbeddedFile(byte[] content, string contentType, string? contentSecurityPolicy)
    {
        _content = content;
        _contentType = contentType;
        _contentSecurityPolicy = contentSecurityPolicy;
        _tag = new EntityTagHeaderValue($"\"{EntityTag.Of(content)}\"");
    }

    /// <summary>
    /// Serves a file, by the name that the project gives it. A page needs a policy of its own
    /// (<paramref name="contentSecurityPolicy"/>); a script or a style sheet has that of the page that loads it.
    /// <paramref name="rewrite"/> changes the text once, when the server starts.
    /// </summary>
    public static IEndpointConventionBuilder Map(
        WebApplication app,
        string path,
        string name,
        string? contentSecurityPolicy = null,
        Func<string, string>? rewrite = null)
    {
        using var resource = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(resource);
        var text = reader.ReadToEnd();
        var content = Encoding.UTF8.GetBytes(rewrite is null ? text : rewrite(text));
        var contentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        var file = new EmbeddedFile(content, contentType, contentSecurityPolicy);
        return app.MapMethods(path, _methods, file.Respond);
    }

    // Browsers ask each time, and get 304 while the file is the same.
    private FileContentHttpResult Respond(HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = _contentSecurityPolicy;
        return TypedResults.Bytes(_content, _contentType, entityTag: _tag);
    }
}
