using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Architecture;

/// <summary>Code in one folder of a project uses code in another folder of it.</summary>
internal sealed record FolderReference(string From, string To);

/// <summary>
/// Which folders of a project refer to which, read from its source: by a <c>using</c>, by a name in full, or by
/// <c>Folder.Type</c>. Files beside the project file are not counted: they hold what all folders share, or put them
/// together.
/// </summary>
internal static partial class ProjectFolders
{
    public static IReadOnlyCollection<FolderReference> References(string project)
    {
        var path = Repository.PathOf(project);
        if (!Directory.Exists(path))
        {
            return [];
        }

        var code = Directory.GetDirectories(path)
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .ToDictionary(folder => Path.GetFileName(folder)!, Read);
        var projectNamespace = $"LiveStreams.{char.ToUpperInvariant(project[0])}{project[1..]}";
        return
        [
            .. from to in code
               let name = NameOf(projectNamespace, to.Key, to.Value)
               from folder in code
               where folder.Key != to.Key && name.IsMatch(folder.Value)
               select new FolderReference(folder.Key, to.Key),
        ];
    }

    /// <summary>The code of all files in a folder, without comments and texts.</summary>
    private static string Read(string folder) => CommentOrText().Replace(
        string.Concat(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)),
        "");

    /// <summary>The folder's namespace in full, or the folder's name before one of its types.</summary>
    private static Regex NameOf(string projectNamespace, string folder, string code)
    {
        var types = Declaration().Matches(code).Select(declaration => declaration.Groups["name"].Value);
        var anyType = string.Join('|', types.DefaultIfEmpty("(?!)"));
        return new Regex(
            $@"\b{Regex.Escape(projectNamespace)}\.{folder}\b|(?<![\w.]){folder}\.({anyType})\b");
    }

    [GeneratedRegex(@"\b(class|record|record struct|struct|interface|enum) (?<name>[A-Z]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex(""""("""[\s\S]*?""")|(//.*)|("(\\.|[^"\\\n])*")"""")]
    private static partial Regex CommentOrText();
}
