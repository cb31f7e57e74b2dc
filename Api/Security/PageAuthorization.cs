using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Security;

/// <summary>
/// The doors: each lets a request through to what is behind it, or answers it, before anything has touched the store. So an answer about a private page
/// is the same whether there is such a page or not.
/// </summary>
internal sealed class PageAuthorization(AuthSettings settings, TokenReader tokens, AnonymousPublishing anonymous)
{
    private enum Need
    {
        Nothing,
        Publish,
        Subscribe,
    }

    private bool IsForAll => anonymous.IsAllowed is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>For what changes the page in the path.</summary>
    public RequestDelegate ToPublish(RequestDelegate inside) => context =>
        IsForAll && !MayCarryToken(context.Request) ? inside(context) : PublishAsync(context, inside);

    /// <summary>For what changes many pages: whoever has a token that is good, or needs none, comes in, and <see cref="MayPublish"/> is asked about each page.</summary>
    public RequestDelegate ToPublishMany(RequestDelegate inside) => async context =>
    {
        if (await ReadTokenAsync(context, isNeeded: !await anonymous.IsAllowed))
        {
            await inside(context);
        }
    };

    /// <summary>For what shows anything of the page in the path.</summary>
    public RequestDelegate ToSubscribe(RequestDelegate inside) => context =>
        settings.PrivatePages.Count == 0 && !MayCarryToken(context.Request) ? inside(context) : SubscribeAsync(context, inside);

    /// <summary>Whether a request that <see cref="ToPublishMany"/> let in may publish to this page.</summary>
    public bool MayPublish(HttpContext context, PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = IsForAll || context.Features.Get<Token>()?.Grants.Publish(page) is true
            ? null
            : new Refusal(Problem.InsufficientScope, "The token does not let its bearer publish to this page.");
        return refusal is null;
    }

    private async Task PublishAsync(HttpContext context, RequestDelegate inside)
    {
        if (await AdmitAsync(context, await anonymous.IsAllowed ? Need.Nothing : Need.Publish))
        {
            await inside(context);
        }
    }

    private async Task SubscribeAsync(HttpContext context, RequestDelegate inside)
    {
        if (await AdmitAsync(context, Need.Subscribe))
        {
            await inside(context);
        }
    }

    // Cheap: most requests that need none carry none.
    private bool MayCarryToken(HttpRequest request) => request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0 || settings.AllowQueryToken;

    // False when the request has been answered.
    private async Task<bool> AdmitAsync(HttpContext context, Need need)
    {
        if (need is Need.Nothing)
        {
            return await ReadTokenAsync(context, isNeeded: false);
        }

        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return false;
        }

        var isNeeded = need is Need.Publish || settings.IsPrivate(page);
        if (!await ReadTokenAsync(context, isNeeded))
        {
            return false;
        }

        if (isNeeded && context.Features.Get<Token>()!.Grants is var grants && !(need is Need.Publish ? grants.Publish(page) : grants.Subscribe(page)))
        {
            await Problem.InsufficientScope.WriteAsync(context, $"The token does not let its bearer {(need is Need.Publish ? "publish to" : "read")} this page.");
            return false;
        }

        return true;
    }

    // A token that is sent must be good, also where none is needed; but a browser sends its cookie unasked, and would be shut out by one that is too old. It is then the request's feature.
    private async Task<bool> ReadTokenAsync(HttpContext context, bool isNeeded)
    {
        if (RequestToken.Of(context.Request, settings.AllowQueryToken, out var error) is not { } sent)
        {
            if (error is not null)
            {
                await Problem.TwoTokens.WriteAsync(context, error);
            }
            else if (isNeeded)
            {
                await Problem.TokenNeeded.WriteAsync(context);
            }

            return error is null && !isNeeded;
        }

        // A browser adds a cookie to what any page makes it send. Pages of other origins were refused before (CrossOriginServices).
        if (sent.IsCookie && RequestMethod.IsUnsafe(context.Request.Method) && context.Request.Headers.Origin.Count == 0)
        {
            await Problem.Origin.WriteAsync(context, "With its token in a cookie, a publish says its Origin.");
            return false;
        }

        if (!tokens.TryRead(sent.Text, out var token, out error))
        {
            if (sent.IsCookie && !isNeeded)
            {
                return true;
            }

            await Problem.InvalidToken.WriteAsync(context, error);
            return false;
        }

        context.Features.Set(token);
        return true;
    }
}
