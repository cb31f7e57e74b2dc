namespace LiveStreams.Api.Limits;

/// <summary>Whose updates <c>Limits:PublishesPerSecond</c> counts together: those of one address.</summary>
internal readonly record struct Publisher(ClientAddress Address)
{
    public static Publisher Of(HttpContext context) => new(ClientAddress.Of(context));
}
