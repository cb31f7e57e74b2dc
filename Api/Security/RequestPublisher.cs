using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Security;

/// <summary>
/// Finds whose publish a request is: the subject of its token, or else its address. Here, and not in Limits, so that
/// limits do not depend on tokens.
/// </summary>
internal static class RequestPublisher
{
    /// <summary>The publisher of a request that <see cref="PageAuthorization"/> has let pass.</summary>
    public static Publisher Of(HttpContext context) => context.Features.Get<Token>() is { } token
        ? new Publisher(token.Subject, default)
        : new Publisher(null, ClientAddress.Of(context));

    /// <summary>The scope of its idempotency keys; null if its token has no subject, or it has no token.</summary>
    public static string? KeyScopeOf(HttpContext context) => context.Features.Get<Token>()?.KeyScope;
}
