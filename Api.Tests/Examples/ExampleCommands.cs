using System.Diagnostics;

namespace LiveStreams.Api.Tests.Examples;

/// <summary>The curl commands in <c>examples/README.md</c>, run as written except for the address.</summary>
internal static class ExampleCommands
{
    /// <summary>
    /// Repeats a 503, as a publisher does: while the disk is busy, a store may take longer for its first write than the
    /// server waits.
    /// </summary>
    private const string Options = "--silent --fail-with-body --retry 3";

    /// <summary>Reads the commands of one section.</summary>
    public static async Task<string[]> ReadAsync(string heading)
    {
        var readme = await Repository.ReadAsync("examples/README.md");
        var section = readme.Split("\n## ")
            .Single(section => section.StartsWith($"{heading}\n", StringComparison.Ordinal));
        return [.. section.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal))];
    }

    public static async Task RunAsync(string command, string documentedAddress, Uri address)
    {
        Assert.Contains(documentedAddress, command, StringComparison.Ordinal);
        var changed = command.Replace(documentedAddress, address.Authority, StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"{changed} {Options}"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{command}: {output}");
    }
}
