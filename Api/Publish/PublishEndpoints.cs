using LiveStreams.Api.Hosting;
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
        var pages = app.Services.GetRequiredService<IPages>();
        var feeds = app.Services.GetRequiredService<Feeds>();
        var limits = app.Services.GetRequiredService<LimitOptions>();
        var posts = app.Services.GetRequiredService<PostOptions>();
        var rates = app.Services.GetRequiredService<PublishRates>();
        var access = app.Services.GetRequiredService<Access>();
        app.MapPost("/pages/{page}/updates", access.ToPublish(context => PublishAsync(context, pages, feeds, rates, limits, posts)));
        app.MapDelete("/pages/{page}", access.ToPublish(context => EndAsync(context, pages, feeds, rates)));

        var batches = app.Services.GetRequiredService<BatchPublisher>();
        app.MapPost("/updates", access.ToPublishMany(batches.PublishAsync));
    }

    /// <summary>
    /// <c>POST /pages/{page}/updates[?event=NAME][&amp;keep=false]</c>: 1. read what is asked, 2. read the data, 3. publish, 4. answer.
    /// Nothing is published unless the whole body has arrived. One that comes too fast is refused before its body is read.
    /// </summary>
    private static async Task PublishAsync(HttpContext context, IPages pages, Feeds feeds, PublishRates rates, LimitOptions limits, PostOptions posts)
    {
        // 1. What is asked.
        if (!PagePath.TryRead(context, out var page, out var fault))
        {
            await Problem.PageName.WriteAsync(context, fault);
            return;
        }

        if (!PublishRequest.TryRead(context.Request, out var request, out var problem, out fault))
        {
            await problem.WriteAsync(context, fault);
            return;
        }

        if (!rates.TryTake(Publisher.Of(context), page, out problem, out fault))
        {
            await problem.WriteAsync(context, fault);
            return;
        }

        // 2. The data.
        if (await BodyData.ReadAsync(context.Request, limits.MaxUpdateBytes) is not { } data)
        {
            await Problem.TooLarge.WriteAsync(context, $"An update has at most {limits.MaxUpdateBytes} bytes.");
            return;
        }

        if (request.DataKind.Fault(data) is { } dataFault)
        {
            await Problem.Data.WriteAsync(context, dataFault);
            return;
        }

        if (!PostData.TryRead(data, request.MayChangePosts, posts, out var changes, out problem, out fault))
        {
            await problem.WriteAsync(context, fault);
            return;
        }

        // 3. Publish. A publisher that hangs up now has published all the same.
        var draft = new UpdateDraft { Data = data, Event = request.Event, Key = request.Key, Keep = request.Keep, Posts = changes };
        var published = await pages.PublishAsync(page, draft, CancellationToken.None);

        // 4. Answer.
        await new PublishAnswer(page, published, feeds.SubscribersOf(page)).WriteAsync(context.Response);
    }

    /// <summary><c>DELETE /pages/{page}</c>: ends the page. Ending one that has ended changes nothing.</summary>
    private static async Task EndAsync(HttpContext context, IPages pages, Feeds feeds, PublishRates rates)
    {
        if (!PagePath.TryRead(context, out var page, out var fault))
        {
            await Problem.PageName.WriteAsync(context, fault);
            return;
        }

        if (!IdempotencyKey.TryRead(context.Request, out var key, out fault))
        {
            await Problem.IdempotencyKey.WriteAsync(context, fault);
            return;
        }

        if (!rates.TryTake(Publisher.Of(context), page, out var problem, out fault))
        {
            await problem.WriteAsync(context, fault);
            return;
        }

        var published = await pages.PublishAsync(page, UpdateDraft.End(key), CancellationToken.None);
        await new PublishAnswer(page, published, feeds.SubscribersOf(page)).WriteEndAsync(context.Response);
    }
}
