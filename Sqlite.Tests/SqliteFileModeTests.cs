using System.Runtime.Versioning;
using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Other users of the machine cannot open what belongs to the database.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SqliteFileModeTests : OwnFileTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly string[] _suffixes = ["", "-wal", "-shm", ".lock"];

    private IEnumerable<string> Files => _suffixes.Select(suffix => Folder.DatabasePath + suffix);

    [Fact]
    public async Task Only_the_owner_can_open_the_files_and_the_folder_that_the_server_creates()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));

        Assert.All(Files, file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
        var folder = Path.GetDirectoryName(Folder.DatabasePath)!;
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task Files_that_an_earlier_version_created_for_everyone_are_taken_from_the_others()
    {
        await Log.AppendAsync(Home, Drafts.Text("a"));
        Engine.Dispose();
        File.WriteAllText(Folder.DatabasePath + "-wal", "");
        foreach (var file in Files.Where(File.Exists))
        {
            File.SetUnixFileMode(file, Owner | Others);
        }

        Engine = Folder.Open(new HistoryOptions());
        await Log.AppendAsync(Home, Drafts.Text("b"));

        Assert.All(Files, file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
        Assert.Equal(2, (await Log.ReadAllAsync(Home, UpdateId.None)).Count);
    }

    [Fact]
    public async Task A_file_to_which_a_link_leads_keeps_its_mode()
    {
        Engine.Dispose();
        var target = Folder.DatabasePath + ".target";
        File.Move(Folder.DatabasePath, target);
        File.SetUnixFileMode(target, Owner | Others);
        File.CreateSymbolicLink(Folder.DatabasePath, target);

        Engine = Folder.Open(new HistoryOptions());
        await Log.AppendAsync(Home, Drafts.Text("a"));

        Assert.Equal(Owner | Others, File.GetUnixFileMode(target));
    }

    [Fact]
    public async Task A_group_that_an_administrator_has_let_in_stays_in()
    {
        Engine.Dispose();
        File.SetUnixFileMode(Folder.DatabasePath, Owner | UnixFileMode.GroupRead);

        Engine = Folder.Open(new HistoryOptions());
        await Log.AppendAsync(Home, Drafts.Text("a"));

        Assert.Equal(Owner | UnixFileMode.GroupRead, File.GetUnixFileMode(Folder.DatabasePath));
        Assert.Equal(Owner | UnixFileMode.GroupRead, File.GetUnixFileMode(Folder.DatabasePath + "-wal"));
    }
}
