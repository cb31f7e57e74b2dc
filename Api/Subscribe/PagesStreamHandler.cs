using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Security;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Subscribe;

/// <summary><c>GET /events</c> and <c>POST /events</c>: several pages in one event stream.</summary>
internal sealed class PagesStreamHandler(
    EventStreamHandler streams, SubscribeAuthorization authorization, FollowedNames names)
{
    private const string ContentType = "application/json";

    /// <summary>Serves a stream of the pages in the query.</summary>
    public Task GetAsync(HttpContext context) => ServeAsync(context, RequestedPages.Of(context.Request.Query));

    /// <summary>Serves a stream of the pages in the body, for lists that are too long for a URL.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            await Problem.ContentType.WriteAsync(context, $"A list of pages must be {ContentType}.");
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize =
            RequestedPages.MaxBodyBytes;
        if (await RequestBody.ReadAsync(context.Request, RequestedPages.MaxBodyBytes) is not { } body)
        {
            await Problem.TooLarge.WriteAsync(
                context, $"A list of pages has at most {RequestedPages.MaxBodyBytes} bytes.");
            return;
        }

        if (!RequestedPages.TryRead(body, out var list, out var refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        await ServeAsync(context, list);
    }

    private async Task ServeAsync(HttpContext context, RequestedPages list)
    {
        if (!TryReadScope(context, list, out var request, out var refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        var patterns = request.Scope.Patterns?.Patterns ?? [];
        if (await authorization.CheckAsync(context, patterns) is { } notFollowed)
        {
            await notFollowed.WriteAsync(context);
            return;
        }

        await streams.ServeAsync(context, request);
    }

    private bool TryReadScope(
        HttpContext context,
        RequestedPages list,
        [NotNullWhen(true)] out StreamRequest? request,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        request = null;
        if (!list.TryReadPages(out var pages, out refusal)
            || !RequestedPatterns.TryRead(list.Patterns, out var patterns, out refusal)
            || (refusal = authorization.Check(context, pages)) is not null
            || !StartQuery.TryRead(context.Request, out var start, out refusal)
            || !EventNames.TryRead(list.Events, out var filter, out refusal)
            || !StreamRequest.TryReadPresence(context, list.Presence, out var wantsPresence, out refusal))
        {
            return false;
        }

        // The check of the pages has made the token a feature of the request.
        var grants = context.Features.Get<Token>()?.Grants;
        var followed = patterns.Count == 0
            ? null
            : new PatternScope(patterns, page => names.MayFollow(page, grants), start.WantsSnapshots);
        var scope = new StreamScope(pages, filter, UsesEnvelopes: true, followed, wantsPresence);
        request = new StreamRequest(scope, start);
        return true;
    }
}
