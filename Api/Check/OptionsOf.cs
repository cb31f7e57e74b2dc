using LiveStreams.Hosting;

namespace LiveStreams.Api.Check;

/// <summary>The options of a part, for a check that needs valid ones.</summary>
internal static class OptionsOf<T> where T : class
{
    /// <summary>
    /// Null if the part is not used, or its settings are invalid, which <see cref="SettingsCheck"/> says.
    /// </summary>
    public static T? Find(IServiceProvider services)
    {
        try
        {
            return services.GetService<T>();
        }
        catch (Exception exception) when (StartErrors.FindMessages(exception) is not null)
        {
            return null;
        }
    }
}
