using System.Diagnostics;

namespace LiveStreams.Api.Tests.Check;

/// <summary>
/// <c>LiveStreams.Api check</c> with a folder of its own and a free address, unless the settings say another.
/// </summary>
internal sealed class CheckProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-check-");

    public string Folder => _folder.FullName;

    /// <summary>A file's or folder's path below the folder.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Runs it in this process, which is faster.</summary>
    public async Task<CheckOutput> RunAsync(params string[] settings)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await ProgramCommands.RunAsync(
            ["check", $"--Sqlite:Path={PathOf("data/livestreams.db")}", .. WithAddress(settings)], output, errors);
        Assert.Equal("", errors.ToString());
        return new CheckOutput(exitCode, output.ToString());
    }

    /// <summary>Runs its program in the folder, with <paramref name="command"/>, if there is one.</summary>
    public async Task<CheckOutput> RunProgramAsync(string[] command, params string[] settings)
    {
        string[] all =
        [
            .. command, Path.Combine(AppContext.BaseDirectory, "LiveStreams.Api"), "check", .. WithAddress(settings),
        ];
        using var process = Process.Start(new ProcessStartInfo(all[0], all[1..])
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

    private static string[] WithAddress(string[] settings) =>
        Array.Exists(settings, setting => setting.StartsWith("--urls", StringComparison.Ordinal))
            ? settings
            : [$"--urls=http://127.0.0.1:{RedisServer.FreePort()}", .. settings];
}
