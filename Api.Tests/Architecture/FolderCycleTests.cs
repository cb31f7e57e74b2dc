namespace LiveStreams.Api.Tests.Architecture;

/// <summary>No two folders of a project refer to each other, directly or through others.</summary>
public sealed class FolderCycleTests
{
    public static TheoryData<string> Projects =>
        ["Api", "Core", "Grains", "Hosting", "Redis", "Silo", "Sqlite", "bench"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_folders_of_a_project_refer_to_each_other_without_a_circle(string project)
    {
        var references = ProjectFolders.References(project);

        var circular = references
            .Where(reference => IsReachable(references, from: reference.To, to: reference.From))
            .Select(reference => $"{project}: {reference.From} -> {reference.To}")
            .ToList();

        Assert.True(circular.Count == 0, string.Join('\n', circular));
    }

    private static bool IsReachable(IReadOnlyCollection<FolderReference> references, string from, string to)
    {
        var seen = new HashSet<string>();
        var next = new Queue<string>([from]);
        while (next.TryDequeue(out var folder))
        {
            if (folder == to)
            {
                return true;
            }

            if (seen.Add(folder))
            {
                foreach (var reference in references.Where(reference => reference.From == folder))
                {
                    next.Enqueue(reference.To);
                }
            }
        }

        return false;
    }
}
