using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Http;

/// <summary>The <c>ETag</c> of a response, and <c>If-None-Match</c> of its request (RFC 9110 §13.1.2).</summary>
internal static class EntityTag
{
    /// <summary>The value of a tag for these bytes, and no others.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes)[..8]);

    /// <summary>
    /// Sets the response's tag; true when the client already has what it stands for, so that the response is 304.
    /// </summary>
    public static bool IsKnown(HttpContext context, string value)
    {
        var tag = new EntityTagHeaderValue($"\"{value}\"");
        context.Response.GetTypedHeaders().ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known =>
            known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
    }
}
