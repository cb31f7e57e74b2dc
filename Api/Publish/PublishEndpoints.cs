using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Posts;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>Publishing over HTTP: one update, a batch of them, or the end of a page.</summary>
internal static class PublishEndpoints
{
    public static void AddPublish(this WebApplicationBuilder builder) => builder.Services.AddSingleton<BatchPublisher>();

    public static void MapPublish(this WebApplication app)
    {
        var pages = app.Services.GetRequiredService<IPublishRouter>();
        var feeds = app.Services.GetRequiredService<Feeds>();
        var limits = app.Services.GetRequiredService<LimitOptions>();
        var posts = app.Services.GetRequiredService<PostOptions>();
        var rates = app.Services.GetRequiredService<PublishRateLimiter>();
        var access = app.Services.GetRequiredService<PageAuthorization>();
        app.MapPost("/pages/{page}/updates", access.ToPublish(context => PublishAsync(context, pages, feeds, rates, limits, posts)));
        app.MapDelete("/pages/{page}", access.ToPublish(context => EndAsync(context, pages, feeds, rates)));

        var batches = app.Services.GetRequiredService<BatchPublisher>();
        app.MapPost("/updates", access.ToPublishMany(batches.PublishAsync));
    }

    /// <summary>
    /// <c>POST /pages/{page}/updates[?event=NAME][&amp;keep=false]</c>: 1. read what is asked, 2. read the data, 3. publish, 4. answer.
    /// Nothing is published unless the whole body has arrived. One that comes too fast is refused before its body is read.
    /// </summary>
    private static async Task PublishAsync(HttpContext context, IPublishRouter pages, Feeds feeds, PublishRateLimiter rates, LimitOptions limits, PostOptions posts)
    {
        // 1. What is asked.
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        if (!PublishRequest.TryRead(context.Request, out var request, out var problem, out error))
        {
            await problem.WriteAsync(context, error);
            return;
        }

        if (!rates.TryTake(Publisher.Of(context), page, out problem, out error))
        {
            await problem.WriteAsync(context, error);
            return;
        }

        // 2. The data.
        if (await BodyData.ReadAsync(context.Request, limits.MaxUpdateBytes) is not { } data)
        {
            await Problem.TooLarge.WriteAsync(context, $"An update has at most {limits.MaxUpdateBytes} bytes.");
            return;
        }

        if (request.DataKind.FindError(data) is { } dataError)
        {
            await Problem.Data.WriteAsync(context, dataError);
            return;
        }

        if (!PostData.TryRead(data, request.MayChangePosts, posts, out var changes, out problem, out error))
        {
            await problem.WriteAsync(context, error);
            return;
        }

        // 3. Publish. A publisher that hangs up now has published all the same.
        var draft = new UpdateDraft { Data = data, Event = request.Event, Key = request.Key, Keep = request.Keep, Posts = changes };
        var published = await pages.PublishAsync(page, draft, CancellationToken.None);

        // 4. Answer.
        await new PublishResponse(page, published, feeds.SubscribersOf(page)).WriteAsync(context.Response);
    }

    /// <summary><c>DELETE /pages/{page}</c>: ends the page. Ending one that has ended changes nothing.</summary>
    private static async Task EndAsync(HttpContext context, IPublishRouter pages, Feeds feeds, PublishRateLimiter rates)
    {
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        if (!IdempotencyKey.TryRead(context.Request, out var key, out error))
        {
            await Problem.IdempotencyKey.WriteAsync(context, error);
            return;
        }

        if (!rates.TryTake(Publisher.Of(context), page, out var problem, out error))
        {
            await problem.WriteAsync(context, error);
            return;
        }

        var published = await pages.PublishAsync(page, UpdateDraft.End(key), CancellationToken.None);
        await new PublishResponse(page, published, feeds.SubscribersOf(page)).WriteEndAsync(context.Response);
    }
}
