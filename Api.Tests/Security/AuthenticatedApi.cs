using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>One server with a key of each kind, an issuer, an audience, and private pages.</summary>
public sealed class AuthenticatedApi : SharedApi
{
    internal TestTokens Tokens { get; } = new();

    protected override string[] Settings => ["--Store=memory", "--Auth:PrivatePages=private*", .. Tokens.Settings];
}
