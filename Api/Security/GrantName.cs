namespace LiveStreams.Api.Security;

/// <summary>The members of the claim <see cref="Grants.Claim"/>, and so the names of the grants.</summary>
internal static class GrantName
{
    /// <summary>Pages to which updates may be published that change no posts.</summary>
    public const string Publish = "publish";

    /// <summary>The event names that those updates may have.</summary>
    public const string Events = "events";

    /// <summary>Pages whose posts may be changed.</summary>
    public const string Posts = "posts";

    /// <summary>Pages that may be deleted.</summary>
    public const string End = "end";

    /// <summary>Private pages that may be read.</summary>
    public const string Subscribe = "subscribe";
}
