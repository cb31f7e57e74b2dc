using LiveStreams.Api.Security;

namespace LiveStreams.Api.Limits;

/// <summary>Whose updates <c>Limits:PublishesPerSecond</c> counts together: those of the subject of a token, else those of one address.</summary>
internal readonly record struct Publisher(string? Subject, ClientAddress Address)
{
    public static Publisher Of(HttpContext context) =>
        context.Features.Get<Token>() is { } token ? new(token.Subject, default) : new(null, ClientAddress.Of(context));
}
