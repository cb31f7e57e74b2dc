using System.Xml.Linq;

namespace LiveStreams.Api.Tests.Architecture;

/// <summary>References between the projects of the repository point one way.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>Every project, and the projects that it may refer to: only ones that stand above it here.</summary>
    private static readonly (string Project, string[] MayReferTo)[] _allowed =
    [
        ("Core", []),
        ("Sqlite", ["Core"]),
        ("Redis", ["Core"]),
        ("Grains", ["Core", "Redis"]),
        ("Hosting", ["Core", "Sqlite", "Redis", "Grains"]),
        ("Silo", ["Core", "Redis", "Grains", "Hosting"]),
        ("Api", ["Core", "Sqlite", "Redis", "Grains", "Hosting"]),
        ("ClusterPublisher", ["Grains"]),
        ("Proxy", []),
        ("AppHost", ["Silo", "Api", "Proxy"]),
        ("Bench", ["Core", "Redis"]),
        ("TestKit", ["Core"]),
        ("Core.Tests", ["Core", "TestKit"]),
        ("Sqlite.Tests", ["Core", "Sqlite", "TestKit"]),
        ("Redis.Tests", ["Core", "Redis", "TestKit"]),
        ("Grains.Tests", ["Core", "Redis", "Grains", "Api", "TestKit"]),
        ("Api.Tests", ["Core", "Sqlite", "Redis", "Grains", "Hosting", "Silo", "Api", "TestKit"]),
        ("Bench.Tests", ["Bench", "TestKit"]),
    ];

    public static TheoryData<string> Projects => [.. ProjectFiles().Select(file => Path.GetRelativePath(Root, file))];

    private static string Root => Repository.PathOf("");

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_that_the_list_allows(string file)
    {
        var project = Path.GetFileNameWithoutExtension(file);
        var (_, mayReferTo) = Assert.Single(_allowed, entry => entry.Project == project);

        var references = Items(file, "ProjectReference").Where(IsCompiledAgainst).Select(IncludeOf);

        Assert.Empty(references.Select(Path.GetFileNameWithoutExtension).Except(mayReferTo));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_compiles_no_file_of_another(string file)
    {
        var linked = Items(file, "Compile")
            .Select(IncludeOf)
            .Where(path => path.Contains("..", StringComparison.Ordinal));

        Assert.Empty(linked);
    }

    [Fact]
    public void The_list_allows_only_references_to_the_projects_above_each_one()
    {
        foreach (var (index, (_, mayReferTo)) in _allowed.Index())
        {
            Assert.Empty(mayReferTo.Except(_allowed[..index].Select(entry => entry.Project)));
        }
    }

    [Theory]
    [InlineData("PackageReference")]
    [InlineData("FrameworkReference")]
    public void The_core_needs_neither_a_package_nor_a_web_framework(string reference) =>
        Assert.Empty(Items("Core/Core.csproj", reference));

    private static IEnumerable<string> ProjectFiles() =>
        Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static IEnumerable<XElement> Items(string file, string kind) =>
        XDocument.Load(Repository.PathOf(file)).Descendants(kind);

    private static string IncludeOf(XElement item) => item.Attribute("Include")!.Value;

    /// <summary>Some references only make sure that a program is built before the tests start it.</summary>
    private static bool IsCompiledAgainst(XElement reference) =>
        reference.Attribute("ReferenceOutputAssembly")?.Value != "false";
}
