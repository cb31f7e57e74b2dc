using System.Diagnostics;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>
/// The silo of an earlier version, built from the history of this repository. So a clone must have that commit:
/// <c>git fetch --unshallow</c> completes a shallow one.
/// </summary>
internal sealed class EarlierSilo : IDisposable
{
    /// <summary>
    /// The last commit before <c>DraftMessage.KeyScope</c>, <c>PublishOutcome.KeyReused</c> and the digests of keys.
    /// </summary>
    private const string Commit = "dadbe59";

    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(5);
    private readonly DirectoryInfo _folder;

    private EarlierSilo(DirectoryInfo folder) => _folder = folder;

    /// <summary>The path of the program.</summary>
    public string Program => Path.Combine(_folder.FullName, "out", "LiveStreams.Silo");

    public static async Task<EarlierSilo> BuildAsync()
    {
        var silo = new EarlierSilo(Directory.CreateTempSubdirectory("livestreams-earlier-"));
        try
        {
            await silo.RunAsync(
                $"git -C '{Repository.PathOf(".")}' archive {Commit} | tar x && dotnet build Silo -o out -v quiet");
            return silo;
        }
        catch
        {
            silo.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-o", "pipefail", "-c", $"({script}) 2>&1"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"The silo of commit {Commit} cannot be built: {output}");
    }
}
