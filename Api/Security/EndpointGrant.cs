namespace LiveStreams.Api.Security;

/// <summary>
/// Metadata of an endpoint whose method does not tell which grant it needs, for the audit log.
/// </summary>
/// <param name="Name">One of <see cref="GrantName"/>.</param>
internal sealed record EndpointGrant(string Name)
{
    /// <summary>It only reads pages, although its method could change something.</summary>
    public static readonly EndpointGrant Subscribe = new(GrantName.Subscribe);
}
