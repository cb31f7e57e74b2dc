using System.Diagnostics;

namespace LiveStreams.Api.Tests.Examples;

/// <summary>The commands with curl that <c>examples/README.md</c> shows, run as they are written, but for the address.</summary>
internal static class Commands
{
    public static async Task<string[]> OfAsync(string heading)
    {
        var readme = await Repository.ReadAsync("examples/README.md");
        var section = readme.Split("\n## ").Single(section => section.StartsWith($"{heading}\n", StringComparison.Ordinal));
        return [.. section.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal))];
    }

    public static async Task RunAsync(string command, string documentedAddress, Uri address)
    {
        Assert.Contains(documentedAddress, command, StringComparison.Ordinal);
        var changed = command.Replace(documentedAddress, address.Authority, StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"{changed} --silent --fail-with-body"]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{command}: {output}");
    }
}
