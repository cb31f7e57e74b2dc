using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Browser;

/// <summary>A script for browsers that this assembly carries, so that it is there wherever the server is started.</summary>
internal sealed class BrowserScript
{
    private readonly byte[] _content;
    private readonly EntityTagHeaderValue _tag;

    private BrowserScript(byte[] content)
    {
        _content = content;
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\"");
    }

    public static BrowserScript Load(string name)
    {
        using var resource = typeof(BrowserScript).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return new BrowserScript(content);
    }

    /// <summary>The script for anybody's page (a module needs CORS to be loaded from another origin); asked for anew each time, answered with 304 while it is the same.</summary>
    public IResult Answer(HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache";
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(_content, "text/javascript; charset=utf-8", entityTag: _tag);
    }
}
