using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Decides whether a request reaches an endpoint, before anything reads the store: the response about a private page is
/// the same whether the page exists or not.
/// </summary>
internal sealed class PageAuthorization(AuthOptions options, TokenReader tokens, AnonymousPublishing anonymous)
{
    private static readonly Refusal _publishNotGranted = NotGranted(GrantName.Publish);
    private static readonly Refusal _postsNotGranted = NotGranted(GrantName.Posts);
    private static readonly Refusal _endNotGranted = NotGranted(GrantName.End);
    private static readonly Refusal _subscribeNotGranted = NotGranted(GrantName.Subscribe);
    private static readonly Refusal _eventNotGranted = new(
        Problem.InsufficientScope, $"The token's grant '{GrantName.Events}' does not allow this event name.");

    private static readonly Refusal _everyPageNotGranted = new(
        Problem.InsufficientScope, $"The token has no grant '{GrantName.Subscribe}' for all pages.");

    private static readonly Refusal _nothingGranted = new(
        Problem.InsufficientScope,
        $"The token has neither a grant '{GrantName.Publish}' nor a grant '{GrantName.Posts}', for any page.");

    private bool AnonymousAllowed => anonymous.IsAllowed is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>
    /// For an endpoint that publishes updates to the page in the path. Which grant an update needs is known when it has
    /// been read: the endpoint checks it with <see cref="MayPublish"/>. Without either, it is refused before that.
    /// </summary>
    public RequestDelegate ToPublish(RequestDelegate next) => ToChange(
        next, static (grants, page) => grants.MayPublish(page) || grants.MayChangePosts(page), _publishNotGranted);

    /// <summary>For an endpoint that changes posts of the page in the path.</summary>
    public RequestDelegate ToChangePosts(RequestDelegate next) =>
        ToChange(next, static (grants, page) => grants.MayChangePosts(page), _postsNotGranted);

    /// <summary>For an endpoint that deletes the page in the path.</summary>
    public RequestDelegate ToEnd(RequestDelegate next) =>
        ToChange(next, static (grants, page) => grants.MayEnd(page), _endNotGranted);

    /// <summary>
    /// For an endpoint that changes many pages: where publishing needs a token, it needs one that grants publishing to
    /// any page, or changing its posts, and the endpoint checks each update with <see cref="MayPublish"/>.
    /// </summary>
    public RequestDelegate ToPublishMany(RequestDelegate next) => async context =>
    {
        var isTokenNeeded = !await anonymous.IsAllowed;
        var refusal = CheckToken(context, isTokenNeeded);
        if (isTokenNeeded && context.Features.Get<Token>()?.Grants.MayPublishAnything is false)
        {
            refusal = _nothingGranted;
        }

        await ContinueAsync(context, refusal, next);
    };

    /// <summary>For an endpoint that shows anything of the page in the path.</summary>
    public RequestDelegate ToSubscribe(RequestDelegate next) => context =>
        options.PrivatePages.Count == 0 && !MightHaveToken(context.Request)
            ? next(context)
            : ContinueAsync(context, CheckSubscribe(context), next);

    /// <summary>
    /// Whether a request may be shown all of these pages. If it has a token, that becomes a feature of the request.
    /// </summary>
    public bool MaySubscribe(
        HttpContext context, IReadOnlyList<PageId> pages, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = CheckSubscribe(context, pages);
        return refusal is null;
    }

    /// <summary>
    /// Why a request that passed <see cref="MaySubscribe"/> may not follow these patterns; null if it may. Private
    /// pages that it may not read are left out; but a token that is no longer valid is refused, because its client
    /// expects them. The pattern of all pages needs a token that grants it, if publishing needs a token.
    /// </summary>
    public async ValueTask<Refusal?> FindRefusalToFollowAsync(HttpContext context, IReadOnlyList<PagePattern> patterns)
    {
        var isPrivate = options.PrivatePages.Any(hidden => patterns.Any(pattern => pattern.Overlaps(hidden)));
        if (isPrivate && MightHaveToken(context.Request) && CheckToken(context, isNeeded: true) is { } refusal
            && refusal.Problem != Problem.TokenNeeded)
        {
            return refusal;
        }

        var grants = context.Features.Get<Token>()?.Grants;
        if (!patterns.Any(IsEveryPage)
            || grants?.Subscribed.Any(IsEveryPage) is true
            || await anonymous.IsAllowed)
        {
            return null;
        }

        return grants is null ? new Refusal(Problem.TokenNeeded) : _everyPageNotGranted;
    }

    /// <summary>
    /// For an endpoint that lists pages (<see cref="ListedNames"/>): where publishing needs a token, it needs one too.
    /// </summary>
    public RequestDelegate ToList(RequestDelegate next) => async context =>
        await ContinueAsync(context, CheckToken(context, isNeeded: !await anonymous.IsAllowed), next);

    /// <summary>
    /// Whether a request that passed <see cref="ToPublish"/> or <see cref="ToPublishMany"/> may publish this update:
    /// one that changes posts needs that grant, any other the grant to publish, and its event name.
    /// </summary>
    public bool MayPublish(
        HttpContext context, PageId page, UpdateDraft draft, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = AnonymousAllowed ? null : FindMissing(context.Features.Get<Token>()?.Grants, page, draft);
        return refusal is null;
    }

    /// <summary>
    /// Whether a cache may give the response about this page to other clients: the page is public, and the request has
    /// no token anywhere, even one that is ignored, and no <c>Authorization</c> for a proxy.
    /// </summary>
    public bool IsShareable(HttpContext context, PageId page) =>
        !options.IsPrivate(page)
        && context.Request.Headers.Authorization.Count == 0
        && RequestToken.Find(context.Request, allowQuery: true, out var token) is null
        && token is null;

    private static bool IsEveryPage(PagePattern pattern) => pattern is { IsPrefix: true, Name: "" };

    private static Refusal NotGranted(string grant) =>
        new(Problem.InsufficientScope, $"The token has no grant '{grant}' for this page.");

    private static Refusal? FindMissing(Grants? grants, PageId page, UpdateDraft draft)
    {
        if (draft.Posts is not null)
        {
            return grants?.MayChangePosts(page) is true ? null : _postsNotGranted;
        }

        if (grants?.MayPublish(page) is not true)
        {
            return _publishNotGranted;
        }

        return grants.AllowsEvent(draft.Event ?? EventName.Default) ? null : _eventNotGranted;
    }

    private static Task ContinueAsync(HttpContext context, Refusal? refusal, RequestDelegate next) =>
        refusal is null ? next(context) : refusal.WriteAsync(context);

    private RequestDelegate ToChange(RequestDelegate next, Func<Grants, PageId, bool> isGranted, Refusal notGranted) =>
        context => AnonymousAllowed && !MightHaveToken(context.Request)
            ? next(context)
            : ChangeAsync(context, next, isGranted, notGranted);

    private async Task ChangeAsync(
        HttpContext context, RequestDelegate next, Func<Grants, PageId, bool> isGranted, Refusal notGranted)
    {
        var refusal = await anonymous.IsAllowed
            ? CheckToken(context, isNeeded: false)
            : CheckChange(context, isGranted, notGranted);
        await ContinueAsync(context, refusal, next);
    }

    // Cheap: most requests that need no token carry none.
    private bool MightHaveToken(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0 || options.AllowQueryToken;

    private Refusal? CheckChange(HttpContext context, Func<Grants, PageId, bool> isGranted, Refusal notGranted)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal))
        {
            return refusal;
        }

        refusal = CheckToken(context, isNeeded: true);
        if (refusal is not null)
        {
            return refusal;
        }

        return isGranted(context.Features.GetRequiredFeature<Token>().Grants, page) ? null : notGranted;
    }

    private Refusal? CheckSubscribe(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal))
        {
            return refusal;
        }

        return CheckSubscribe(context, [page]);
    }

    private Refusal? CheckSubscribe(HttpContext context, IReadOnlyList<PageId> pages)
    {
        PageId[] privatePages = [.. pages.Where(options.IsPrivate)];
        if (CheckToken(context, isNeeded: privatePages.Length > 0) is { } refusal)
        {
            return refusal;
        }

        return Array.TrueForAll(
            privatePages, page => context.Features.GetRequiredFeature<Token>().Grants.MaySubscribe(page))
                ? null
                : _subscribeNotGranted;
    }

    // A token that is sent must be valid, also where none is needed, and becomes a feature of the request. But a
    // browser sends its cookie with every request: with an invalid one it may still do what needs no token.
    private Refusal? CheckToken(HttpContext context, bool isNeeded)
    {
        if (RequestToken.Find(context.Request, options.AllowQueryToken, out var found) is { } refusal)
        {
            return refusal;
        }

        if (found is not { } sent)
        {
            return isNeeded ? new Refusal(Problem.TokenNeeded) : null;
        }

        // A browser adds a cookie to every request that any page makes it send. Requests of other origins were refused
        // before (CrossOriginServices). A stream by POST only reads, but the rule is about the method, so that it has
        // no exception to get wrong; a browser sends an Origin with every POST.
        if (sent.IsCookie
            && RequestMethod.IsUnsafe(context.Request.Method)
            && context.Request.Headers.Origin.Count == 0)
        {
            var method = context.Request.Method;
            return new Refusal(Problem.Origin, $"A {method} with its token in a cookie needs an Origin header.");
        }

        if (tokens.TryRead(sent.Text, ClientAddress.Of(context), out var token, out var notValid))
        {
            context.Features.Set(token);
            return null;
        }

        if (sent.IsCookie && !isNeeded)
        {
            return null;
        }

        // For the audit log.
        context.Features.Set(token?.Identity);
        return notValid;
    }
}
