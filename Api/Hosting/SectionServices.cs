using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Hosting;

/// <summary>Options from one section of the configuration, checked when the process starts.</summary>
internal static class SectionServices
{
    public static void AddSection<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(provider =>
            new SectionValidator<T>(provider.GetRequiredService<IConfiguration>().GetSection(section)));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
    }
}
