using System.Diagnostics;

namespace LiveStreams.Api.Tests.Check;

/// <summary><c>LiveStreams.Api check</c>, run in a folder of its own, or by another user or with another limit.</summary>
internal sealed class CheckProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-check-");

    public string Folder => _folder.FullName;

    /// <summary>A file's or folder's path below the folder.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// Runs it with these settings, at a free address unless they say another. <paramref name="prefix"/> is the command
    /// that runs it.
    /// </summary>
    public async Task<CheckOutput> RunAsync(string[] settings, params string[] prefix)
    {
        string[] command =
        [
            .. prefix, Path.Combine(AppContext.BaseDirectory, "LiveStreams.Api"), "check",
            .. settings.Any(setting => setting.Contains("urls", StringComparison.Ordinal))
                ? Array.Empty<string>()
                : [$"--urls=http://127.0.0.1:{RedisServer.FreePort()}"],
            .. settings,
        ];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return new CheckOutput(process.ExitCode, await output);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
