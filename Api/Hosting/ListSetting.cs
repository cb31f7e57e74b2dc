namespace LiveStreams.Api.Hosting;

/// <summary>A setting of several values: a list, or one text with commas between them.</summary>
internal static class ListSetting
{
    /// <summary>The values; null when the setting is not there.</summary>
    public static IReadOnlyList<string>? Read(IConfiguration configuration, string name)
    {
        var setting = configuration.GetSection(name);
        return setting.Exists()
            ? [.. (setting.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), .. setting.Get<string[]>() ?? []]
            : null;
    }
}
