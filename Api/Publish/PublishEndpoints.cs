using LiveStreams.Api.Security;

namespace LiveStreams.Api.Publish;

/// <summary>All that changes a page: publish one update or a batch, change a post, end a page.</summary>
internal static class PublishEndpoints
{
    public static void AddPublish(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DraftPublisher>();
        builder.Services.AddSingleton<UpdateHandler>();
        builder.Services.AddSingleton<BatchHandler>();
        builder.Services.AddSingleton<PostHandler>();
        builder.Services.AddSingleton<EndHandler>();
    }

    public static void MapPublish(this WebApplication app)
    {
        var authorization = app.Services.GetRequiredService<PageAuthorization>();
        var updates = app.Services.GetRequiredService<UpdateHandler>();
        var batches = app.Services.GetRequiredService<BatchHandler>();
        var posts = app.Services.GetRequiredService<PostHandler>();
        var ends = app.Services.GetRequiredService<EndHandler>();
        app.MapTraced("POST", "/pages/{page}/updates", authorization.ToPublish(updates.PublishAsync));
        app.MapTraced("POST", "/updates", authorization.ToPublishMany(batches.PublishAsync));
        app.MapTraced("PUT", "/pages/{page}/posts/{post}", authorization.ToChangePosts(posts.RenderAsync));
        app.MapTraced("DELETE", "/pages/{page}/posts/{post}", authorization.ToChangePosts(posts.RemoveAsync));
        app.MapTraced("DELETE", "/pages/{page}", authorization.ToEnd(ends.EndAsync));
    }
}
