namespace LiveStreams.Hosting;

/// <summary>The names of a section's settings, where a section is read by hand.</summary>
public static class SettingNames
{
    /// <summary>A sentence about the first name that is not a setting, or null.</summary>
    public static string? FindError(IConfigurationSection section, params IReadOnlyCollection<string> names) =>
        section.GetChildren().FirstOrDefault(child => !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            is { } unknown
            ? $"{unknown.Path} is not a setting; {section.Path} has {string.Join(", ", names)}."
            : null;

    /// <exception cref="SettingException">A name is not a setting.</exception>
    public static void Check(IConfigurationSection section, params IReadOnlyCollection<string> names)
    {
        if (FindError(section, names) is { } error)
        {
            throw new SettingException(error);
        }
    }
}
