using System.Text.Json.Serialization;

namespace LiveStreams.Api.Tool;

/// <summary>The posts of a page, newest first, as <c>GET /pages/{page}/posts</c> returns them.</summary>
internal sealed record PagePosts(string Page, string Id, IReadOnlyList<PagePost> Posts);

internal sealed record PagePost(string Id, bool Show, string Content);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PagePosts))]
internal sealed partial class PagePostsJson : JsonSerializerContext;
