namespace LiveStreams.Bench.Servers;

/// <summary>
/// A folder for one server's files, under the build output: on the disk the program was built on, not in a /tmp that may be memory,
/// because a publish is answered once it is on the disk.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "run", Guid.NewGuid().ToString("N")));

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
