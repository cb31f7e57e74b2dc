using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Decides whether a request reaches an endpoint, before anything reads the store: the response about a private page is
/// the same whether the page exists or not.
/// </summary>
internal sealed class PageAuthorization(AuthOptions options, TokenReader tokens, AnonymousPublishing anonymous)
{
    private static readonly Refusal _publishNotGranted =
        new(Problem.InsufficientScope, "The token does not grant publishing to this page.");

    private static readonly Refusal _nothingGranted =
        new(Problem.InsufficientScope, "The token does not grant publishing to any page.");

    private bool AnonymousAllowed => anonymous.IsAllowed is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>For an endpoint that changes the page in the path.</summary>
    public RequestDelegate ToPublish(RequestDelegate next) => context =>
        AnonymousAllowed && !MightHaveToken(context.Request) ? next(context) : PublishAsync(context, next);

    /// <summary>
    /// For an endpoint that changes many pages: where publishing needs a token, it needs one that grants publishing to
    /// any page, and the endpoint checks each page with <see cref="MayPublish"/>.
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

    /// <summary>Whether a request that passed <see cref="ToPublishMany"/> may publish to this page.</summary>
    public bool MayPublish(HttpContext context, PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = AnonymousAllowed || context.Features.Get<Token>()?.Grants.MayPublish(page) is true
            ? null
            : _publishNotGranted;
        return refusal is null;
    }

    private static Task ContinueAsync(HttpContext context, Refusal? refusal, RequestDelegate next) =>
        refusal is null ? next(context) : refusal.WriteAsync(context);

    private async Task PublishAsync(HttpContext context, RequestDelegate next)
    {
        var refusal = await anonymous.IsAllowed ? CheckToken(context, isNeeded: false) : CheckPublish(context);
        await ContinueAsync(context, refusal, next);
    }

    // Cheap: most requests that need no token carry none.
    private bool MightHaveToken(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0 || options.AllowQueryToken;

    private Refusal? CheckPublish(HttpContext context)
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

        return context.Features.GetRequiredFeature<Token>().Grants.MayPublish(page)
            ? null
            : _publishNotGranted;
    }

    private Refusal? CheckSubscribe(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal))
        {
            return refusal;
        }

        var isPrivate = options.IsPrivate(page);
        refusal = CheckToken(context, isNeeded: isPrivate);
        if (refusal is not null)
        {
            return refusal;
        }

        return !isPrivate || context.Features.GetRequiredFeature<Token>().Grants.MaySubscribe(page)
            ? null
            : new Refusal(Problem.InsufficientScope, "The token does not grant reading this page.");
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
        // before (CrossOriginServices).
        if (sent.IsCookie
            && RequestMethod.IsUnsafe(context.Request.Method)
            && context.Request.Headers.Origin.Count == 0)
        {
            return new Refusal(Problem.Origin, "A publish with its token in a cookie needs an Origin header.");
        }

        var token = tokens.Read(sent.Text);
        if (token.IsValid)
        {
            context.Features.Set(token.Value);
            return null;
        }

        return sent.IsCookie && !isNeeded ? null : new Refusal(Problem.InvalidToken, token.Error);
    }
}
