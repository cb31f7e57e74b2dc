using System.Diagnostics;
using System.Reflection;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Tool;

/// <summary>The package of the tool, installed as docs/tool.md says.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private static readonly string _configuration =
        typeof(ToolPackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-tool-");

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_package_installs_a_program_that_serves_publishes_and_prints_updates()
    {
        var (packages, programs) = (Path.Combine(_folder.FullName, "packages"), Path.Combine(_folder.FullName, "bin"));
        await DotnetAsync(
            "pack", Repository.PathOf("Api/Api.csproj"), "--no-build", "-c", _configuration, "-o", packages);
        await DotnetAsync("tool", "install", "LiveStreams", "--tool-path", programs, "--source", packages);
        var tool = Path.Combine(programs, "livestreams");

        using var server = await ServerProcess.StartProgramAsync(tool, "--Store=memory");
        var address = server.Address.ToString();
        var published = await RunAsync(tool, "publish", "home", "hello", "--server", address);
        var tail = $"'{tool}' tail home --from start --json --server {address}";
        var history = await RunAsync("sh", "-c", $"{tail} | head -1");

        Assert.Equal(
            $$"""{"page":"home","id":"{{published.TrimEnd('\n')}}","event":null,"data":"hello"}""" + "\n", history);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<string> DotnetAsync(params string[] args) => RunAsync("dotnet", args);

    private static async Task<string> RunAsync(string program, params string[] args)
    {
        var (exitCode, output, error) = await ApiProgram.RunAsync(
            new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true });
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', args)}: {output}{error}");
        return output;
    }
}
