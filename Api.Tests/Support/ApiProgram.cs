using System.Diagnostics;

namespace LiveStreams.Api.Tests.Support;

/// <summary>The server's program, run for one of its commands that ends by itself.</summary>
internal static class ApiProgram
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "LiveStreams.Api");

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) =>
        RunAsync(new ProcessStartInfo(Path, args) { RedirectStandardOutput = true, RedirectStandardError = true });

    /// <summary>Runs a program whose output is redirected, and whose input is, if it gets any.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        ProcessStartInfo start, string input = "")
    {
        using var process = Process.Start(start)!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        if (start.RedirectStandardInput)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
