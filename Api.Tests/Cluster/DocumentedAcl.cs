using System.Text.RegularExpressions;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>
/// The user of Redis that docs/operations.md describes, in a file that a redis-server reads at each start.
/// </summary>
internal sealed partial class DocumentedAcl : IDisposable
{
    /// <summary>The options of a connection string with which a process is that user.</summary>
    public const string Login = "user=livestreams,password=PASSWORD";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-acl-");

    private DocumentedAcl()
    {
    }

    /// <summary>The options of redis-server.</summary>
    public string[] RedisOptions => ["--aclfile", FilePath];

    private string FilePath => Path.Combine(_folder.FullName, "users.acl");

    public static async Task<DocumentedAcl> CreateAsync()
    {
        var acl = new DocumentedAcl();
        var rules = Rules().Matches(await Repository.ReadAsync("docs/operations.md"));
        Assert.Equal(4, rules.Count);
        await File.WriteAllTextAsync(
            acl.FilePath,
            $"user livestreams {string.Join(' ', rules.Select(rule => rule.Groups[1].Value))}\n",
            TestContext.Current.CancellationToken);
        return acl;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex("^ACL SETUSER livestreams (.+)$", RegexOptions.Multiline)]
    private static partial Regex Rules();
}
