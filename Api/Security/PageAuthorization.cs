using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Decides who may change pages, and who may list them, before anything reads the store. Who may be shown them:
/// <see cref="SubscribeAuthorization"/>.
/// </summary>
internal sealed class PageAuthorization(TokenCheck tokens, AnonymousPublishing anonymous)
{
    private static readonly Refusal _publishNotGranted = NotGranted(GrantName.Publish);
    private static readonly Refusal _postsNotGranted = NotGranted(GrantName.Posts);
    private static readonly Refusal _endNotGranted = NotGranted(GrantName.End);
    private static readonly Refusal _eventNotGranted = new(
        Problem.InsufficientScope, $"The token's grant '{GrantName.Events}' does not allow this event name.");

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
        var refusal = tokens.Check(context, isTokenNeeded);
        if (isTokenNeeded && context.Features.Get<Token>()?.Grants.MayPublishAnything is false)
        {
            refusal = _nothingGranted;
        }

        await ContinueAsync(context, refusal, next);
    };

    /// <summary>
    /// For an endpoint that lists pages (<see cref="ListedNames"/>): where publishing needs a token, it needs one too.
    /// </summary>
    public RequestDelegate ToList(RequestDelegate next) => async context =>
        await ContinueAsync(context, tokens.Check(context, isNeeded: !await anonymous.IsAllowed), next);

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

    /// <summary>The refusal of a token without this grant for the page.</summary>
    public static Refusal NotGranted(string grant) =>
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

    /// <summary>Continues with the endpoint, or writes the refusal.</summary>
    public static Task ContinueAsync(HttpContext context, Refusal? refusal, RequestDelegate next) =>
        refusal is null ? next(context) : refusal.WriteAsync(context);

    private RequestDelegate ToChange(RequestDelegate next, Func<Grants, PageId, bool> isGranted, Refusal notGranted) =>
        context => AnonymousAllowed && !tokens.MightBeIn(context.Request)
            ? next(context)
            : ChangeAsync(context, next, isGranted, notGranted);

    private async Task ChangeAsync(
        HttpContext context, RequestDelegate next, Func<Grants, PageId, bool> isGranted, Refusal notGranted)
    {
        var refusal = await anonymous.IsAllowed
            ? tokens.Check(context, isNeeded: false)
            : CheckChange(context, isGranted, notGranted);
        await ContinueAsync(context, refusal, next);
    }

    private Refusal? CheckChange(HttpContext context, Func<Grants, PageId, bool> isGranted, Refusal notGranted)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal))
        {
            return refusal;
        }

        refusal = tokens.Check(context, isNeeded: true);
        if (refusal is not null)
        {
            return refusal;
        }

        return isGranted(context.Features.GetRequiredFeature<Token>().Grants, page) ? null : notGranted;
    }
}
