using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Security;

/// <summary>Checks the token of a request, wherever the request carries it.</summary>
internal sealed class TokenCheck(AuthOptions options, TokenReader tokens)
{
    /// <summary>Whether the request may carry one. Cheap: most requests that need no token carry none.</summary>
    public bool MightBeIn(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0 || options.AllowQueryToken;

    /// <summary>
    /// A token that is sent must be valid, also where none is needed, and becomes a feature of the request. But a
    /// browser sends its cookie with every request: with an invalid one it may still do what needs no token.
    /// </summary>
    /// <returns>A refusal, or null.</returns>
    public Refusal? Check(HttpContext context, bool isNeeded)
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
