using LiveStreams.Api.Http;
using LiveStreams.Core;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Decides who may be shown a page, before anything reads the store: the response about a private page is the same
/// whether the page exists or not.
/// </summary>
internal sealed class SubscribeAuthorization(AuthOptions options, TokenCheck tokens, AnonymousPublishing anonymous)
{
    private static readonly Refusal _notGranted = PageAuthorization.NotGranted(GrantName.Subscribe);
    private static readonly Refusal _everyPageNotGranted = new(
        Problem.InsufficientScope, $"The token has no grant '{GrantName.Subscribe}' for all pages.");

    /// <summary>For an endpoint that shows anything of the page in the path.</summary>
    public RequestDelegate ToSubscribe(RequestDelegate next) => context =>
        options.PrivatePages.Count == 0 && !tokens.MightBeIn(context.Request)
            ? next(context)
            : PageAuthorization.ContinueAsync(context, CheckPath(context), next);

    /// <summary>
    /// Why a request may not be shown all of these pages; null if it may. If it has a token, that becomes a feature of
    /// the request.
    /// </summary>
    public Refusal? Check(HttpContext context, IReadOnlyList<PageId> pages)
    {
        PageId[] privatePages = [.. pages.Where(options.IsPrivate)];
        if (tokens.Check(context, isNeeded: privatePages.Length > 0) is { } refusal)
        {
            return refusal;
        }

        return Array.TrueForAll(
            privatePages, page => context.Features.GetRequiredFeature<Token>().Grants.MaySubscribe(page))
                ? null
                : _notGranted;
    }

    /// <summary>
    /// Why a request that passed <see cref="Check"/> may not follow these patterns; null if it may. Private pages that
    /// it may not read are left out; but a cookie that is no longer valid is refused, because its client expects them.
    /// The pattern of all pages needs a token that grants it, if publishing needs a token.
    /// </summary>
    public async ValueTask<Refusal?> CheckAsync(HttpContext context, IReadOnlyList<PagePattern> patterns)
    {
        var grants = context.Features.Get<Token>()?.Grants;
        if (grants is null
            && RequestToken.Find(context.Request, options.AllowQueryToken, out var sent) is null
            && sent is not null
            && options.PrivatePages.Any(hidden => patterns.Any(pattern => pattern.Overlaps(hidden))))
        {
            return tokens.Check(context, isNeeded: true);
        }

        if (!patterns.Any(IsEveryPage)
            || grants?.Subscribed.Any(IsEveryPage) is true
            || await anonymous.IsAllowed)
        {
            return null;
        }

        return grants is null ? new Refusal(Problem.TokenNeeded) : _everyPageNotGranted;
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

    private Refusal? CheckPath(HttpContext context) =>
        PagePath.TryRead(context, out var page, out var refusal) ? Check(context, [page]) : refusal;

    private static bool IsEveryPage(PagePattern pattern) => pattern is { IsPrefix: true, Name: "" };
}
