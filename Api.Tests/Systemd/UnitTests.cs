using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Systemd;

/// <summary>The units of <c>deploy/systemd</c>, as systemd itself reads them.</summary>
public sealed partial class UnitTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-units-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData("livestreams.service")]
    [InlineData("livestreams-silo.service")]
    public async Task A_unit_is_valid_and_as_little_exposed_as_documented(string unit)
    {
        // Where the program would be installed, it is not.
        var installed = (await Repository.ReadAsync($"deploy/systemd/{unit}"))
            .Replace("/opt/livestreams", AppContext.BaseDirectory.TrimEnd('/'), StringComparison.Ordinal);
        var path = Path.Combine(_folder.FullName, unit);
        await File.WriteAllTextAsync(path, installed, TestContext.Current.CancellationToken);

        var (isValid, errors) = await AnalyzeAsync("verify", "--man=no", path);
        Assert.True(isValid && errors.Length == 0, errors);

        var (_, report) = await AnalyzeAsync("security", "--offline=true", "--no-pager", path);
        var documented = Exposure().Match(await Repository.ReadAsync("docs/deploy/systemd.md")).Groups[1].Value;
        Assert.Equal(NumberOf(documented), NumberOf(Exposure().Match(report).Groups[1].Value));
    }

    private static double NumberOf(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<(bool IsSuccess, string Output)> AnalyzeAsync(params string[] arguments)
    {
        const string Script = "systemd-analyze \"$@\" 2>&1";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).BoundedAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode == 0, output);
    }

    [GeneratedRegex("(?i)exposure level[^0-9\n]* ([0-9]+\\.[0-9]+)")]
    private static partial Regex Exposure();
}
