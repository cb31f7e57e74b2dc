using System.Xml.Linq;

namespace LiveStreams.Core.Tests;

/// <summary>References point one way: Core ← Sqlite, Redis ← Hosting, Grains ← Silo, Api.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Core"] = [],
        ["Sqlite"] = ["Core"],
        ["Redis"] = ["Core"],
        ["Grains"] = ["Core", "Redis"],
        ["Hosting"] = ["Core", "Sqlite", "Redis"],
        ["Silo"] = ["Core", "Redis", "Hosting", "Grains"],
        ["Api"] = ["Core", "Sqlite", "Redis", "Hosting", "Grains"],
    };

    [Fact]
    public void Projects_refer_only_to_those_below_them() =>
        Assert.All(_allowed, project => Assert.Empty(References(project.Key, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Except(project.Value)));

    [Fact]
    public void The_core_needs_no_package() => Assert.Empty(References("Core", "PackageReference"));

    [Fact]
    public void The_core_needs_no_web_framework() => Assert.Empty(References("Core", "FrameworkReference"));

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Root(), project, $"{project}.csproj")).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStreams.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
