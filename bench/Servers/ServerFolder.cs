namespace LiveStreams.Bench.Servers;

/// <summary>
/// A folder for one server's files. It is in the build output, not in /tmp: /tmp may be in memory, and a publish is
/// measured until it is on disk.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    private readonly DirectoryInfo _folder =
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "run", Guid.NewGuid().ToString("N")));

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
