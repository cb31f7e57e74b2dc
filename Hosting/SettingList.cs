namespace LiveStreams.Hosting;

/// <summary>A setting with several values: a list, or one value with commas between them.</summary>
public static class SettingList
{
    /// <summary>The values of a setting; empty if it is not set.</summary>
    public static string[] Read(IConfigurationSection setting) =>
    [
        .. (setting.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        .. setting.Get<string[]>() ?? [],
    ];
}
