using LiveStreams.Api.Http;
using LiveStreams.Hosting;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>Tokens, keys, and who may do what.</summary>
internal static class SecurityServices
{
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var sources = builder.Configuration.Sources;
        builder.Services.AddAuthOptions();
        builder.Services.AddSingleton(new KeyConfiguration(sources));
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, RequestLogFilter>();
        builder.Services.AddSingleton<KeyReader>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<RevokedTokens>();
        builder.Services.AddSingleton<TokenReader>();
        builder.Services.AddSingleton<AnonymousPublishing>();
        builder.Services.AddSingleton<TokenCheck>();
        builder.Services.AddSingleton<PageAuthorization>();
        builder.Services.AddSingleton<SubscribeAuthorization>();
        builder.Services.AddSingleton<ListedNames>();
        builder.Services.AddSingleton<FollowedNames>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<IRefusalAudit>(provider => provider.GetRequiredService<AuditLog>());
        builder.Services.AddSingleton<TokenStreams>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TokenStreams>());
        builder.Services.AddHostedService<KeyRefreshService>();
        builder.Services.AddHostedService<ListeningRule>();
    }

    /// <summary>Registers <see cref="AuthOptions"/>, validated when the process starts.</summary>
    public static void AddAuthOptions(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<AuthOptions>, AuthOptionsReader>();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsReader>();
        services.AddValidated<AuthOptions>();
    }
}
