namespace LiveStreams.Api.Hosting;

/// <summary>A setting of several values: a list, or one value with commas between.</summary>
internal static class SettingList
{
    public static string[] Read(IConfigurationSection setting) =>
    [
        .. (setting.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        .. setting.Get<string[]>() ?? [],
    ];
}
