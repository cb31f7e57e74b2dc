using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Security;

/// <summary>Tokens, keys, and who may do what.</summary>
internal static class SecurityServices
{
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var sources = builder.Configuration.Sources;
        builder.Services.AddSingleton(AuthSettings.Read(builder.Configuration));
        builder.Services.AddSingleton(new KeyConfiguration(sources));
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, RequestLogs>();
        builder.Services.AddSingleton<KeyReader>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<TokenReader>();
        builder.Services.AddSingleton<AnonymousPublishing>();
        builder.Services.AddSingleton<PageAuthorization>();
        builder.Services.AddSingleton<TokenStreams>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TokenStreams>());
        builder.Services.AddHostedService<KeyRefresh>();
        builder.Services.AddHostedService<ListeningRule>();
    }
}
