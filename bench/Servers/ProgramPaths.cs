using System.Reflection;
using System.Runtime.InteropServices;

namespace LiveStreams.Bench.Servers;

/// <summary>The paths of the programs that a run starts.</summary>
internal static class ProgramPaths
{
    // Debian installs servers in /usr/sbin, which only root has in its PATH.
    private static readonly string[] _folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];

    /// <summary>The dotnet that runs this program.</summary>
    public static string Dotnet =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>This program.</summary>
    public static string Bench => Assembly.GetExecutingAssembly().Location;

    /// <summary>LiveStreams' server, built together with this program.</summary>
    public static string Api => FindBuilt("Server");

    /// <summary>LiveStreams' silo, built together with this program.</summary>
    public static string Silo => FindBuilt("Silo");

    /// <exception cref="BenchException">The program is not installed.</exception>
    public static string FindInstalled(string name, string packages) =>
        _folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw NotInstalled(name, packages);

    public static BenchException NotInstalled(string name, string packages) =>
        new($"{name} is not installed. Install it with 'apt-get install {packages}'.");

    // Bench.csproj records where the build puts these programs.
    private static string FindBuilt(string key) => Path.GetFullPath(
        Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == key)
            .Value!);
}
