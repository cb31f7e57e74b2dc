using Microsoft.Extensions.Options;

namespace LiveStreams.Hosting;

/// <summary>Options from one section of the configuration, checked when the process starts.</summary>
public static class SectionServices
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to a section and registers it as a service. The process does not start if the
    /// section has a name that is not a setting, or a value that <typeparamref name="T"/> does not allow
    /// (data annotations and <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/>).
    /// </summary>
    public static void AddSection<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddOptions<T>().BindConfiguration(section);
        services.AddValidated<T>();
        services.AddSingleton<IValidateOptions<T>>(provider =>
            new SectionValidator<T>(provider.GetRequiredService<IConfiguration>().GetSection(section)));
    }

    /// <summary>
    /// Registers <typeparamref name="T"/> as a service. It is validated when the process starts, and by
    /// <see cref="ValidatedOptions"/>.
    /// </summary>
    public static void AddValidated<T>(this IServiceCollection services) where T : class
    {
        services.AddOptions<T>().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        services.AddSingleton(provider => new ValidatedOptions(provider.GetRequiredService<T>));
    }
}
