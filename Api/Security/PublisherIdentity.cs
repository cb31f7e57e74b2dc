using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Security;

/// <summary>Who publishes: the subject of the request's token, else the client's address.</summary>
internal static class PublisherIdentity
{
    public static Publisher Of(HttpContext context) => context.Features.Get<Token>() is { } token
        ? new Publisher(token.Subject, default)
        : new Publisher(null, ClientAddress.Of(context));
}
