namespace LiveStreams.TestKit;

/// <summary>The files of the repository.</summary>
public static class Repository
{
    public static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStreams.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, file);
    }

    public static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(PathOf(file), TestContext.Current.CancellationToken);
}
