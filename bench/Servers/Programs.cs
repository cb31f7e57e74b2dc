using System.Reflection;
using System.Runtime.InteropServices;

namespace LiveStreams.Bench.Servers;

/// <summary>Where the programs are that a run starts.</summary>
internal static class Programs
{
    // Debian keeps servers in /usr/sbin, which is in the PATH of root alone.
    private static readonly string[] _folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];

    /// <summary>The dotnet that runs this program.</summary>
    public static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>The server under test, built together with this program.</summary>
    public static string LiveStreams => Built("Server");

    /// <summary>The silo that the server publishes through, likewise.</summary>
    public static string Silo => Built("Silo");

    public static string Itself => Assembly.GetExecutingAssembly().Location;

    /// <summary>An installed program's path, or what to install to have it.</summary>
    public static string Installed(string name, string packages) =>
        _folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw Missing(name, packages);

    private static string Built(string program) => Path.GetFullPath(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == program).Value!);

    public static BenchException Missing(string name, string packages) => new($"{name} is not installed: apt-get install {packages}");
}
