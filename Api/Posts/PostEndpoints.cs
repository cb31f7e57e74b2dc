using LiveStreams.Api.Security;

namespace LiveStreams.Api.Posts;

/// <summary>A page's live posts as they are now. <c>Publish</c> changes them.</summary>
internal static class PostEndpoints
{
    public static void AddPosts(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PostsHandler>();

    public static void MapPosts(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<PostsHandler>();
        var authorization = app.Services.GetRequiredService<SubscribeAuthorization>();
        app.MapGet("/pages/{page}/posts", authorization.ToSubscribe(handler.GetPostsAsync));
    }
}
